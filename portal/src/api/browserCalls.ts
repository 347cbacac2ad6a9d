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

export const placeBrowserCall = (number: string, caller: string, offer: string) =>
  data(api.POST("/api/v1/browser-calls", { body: { number, caller, offer } }));
