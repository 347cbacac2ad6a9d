import { api, data } from "./client";

/** The servers that help a browser to the platform, as RTCPeerConnection takes them. */
export async function iceServers(): Promise<RTCIceServer[]> {
  const { items } = await data(api.GET("/api/v1/ice-servers"));
  return items.map(({ urls, username, credential }) => ({
    urls,
    ...(username === null ? {} : { username }),
    ...(credential === null ? {} : { credential }),
  }));
}

/** What is called: a number, or the draft of an application, as if a number had it or by itself. */
export interface Target {
  number?: string;
  application_id?: string;
}

export const placeBrowserCall = (target: Target, caller: string, offer: string) =>
  data(api.POST("/api/v1/browser-calls", { body: { ...target, caller, offer } }));
