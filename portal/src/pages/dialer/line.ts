import { iceServers, placeBrowserCall, type Target } from "@/api/browserCalls";
import { Trouble } from "./trouble";

const GATHERED_MS = 3000;

/** What the platform tells over the data channel. */
export interface News {
  state: "ringing" | "answered" | "ended";
  reason?: string;
  sip_code?: number;
}

export interface Order {
  target: Target;
  caller: string;
  microphone: MediaStream;
  onNews: (news: News) => void;
  onSound: (sound: MediaStream) => void;
  onTrouble: (trouble: Trouble) => void;
  /** Aborting hangs up. */
  signal: AbortSignal;
}

/** A call from this browser. */
export interface Line {
  id: string;
  press: (key: string) => void;
  speakInto: (microphone: MediaStream) => void;
}

/** Call: sound both ways, a channel for keys and news. Throws Problem and Trouble. */
export async function dial(order: Order): Promise<Line> {
  const connection = new RTCPeerConnection({ iceServers: await iceServers() });
  order.signal.addEventListener("abort", () => connection.close());
  order.signal.throwIfAborted();
  const channel = connection.createDataChannel("dillo");
  follow(connection, channel, order);
  const [track] = order.microphone.getAudioTracks();
  if (!track) throw new Trouble("noMicrophone");
  const sender = connection.addTrack(track, order.microphone);
  try {
    await connection.setLocalDescription(await connection.createOffer());
    await gathered(connection);
    const offer = connection.localDescription?.sdp ?? "";
    const { id, answer } = await placeBrowserCall(order.target, order.caller, offer);
    order.signal.throwIfAborted();
    await connection.setRemoteDescription({ type: "answer", sdp: answer });
    return {
      id,
      press: (key) => {
        if (channel.readyState === "open") channel.send(JSON.stringify({ key }));
      },
      speakInto: (microphone) => void sender.replaceTrack(microphone.getAudioTracks()[0] ?? null),
    };
  } catch (error) {
    connection.close();
    throw error;
  }
}

function follow(connection: RTCPeerConnection, channel: RTCDataChannel, order: Order) {
  let isOver = false;
  const breakOff = (kind: "noWay" | "lost") => {
    if (isOver || order.signal.aborted) return;
    isOver = true;
    order.onTrouble(new Trouble(kind));
    connection.close();
  };
  let hasOpened = false;
  channel.onopen = () => {
    hasOpened = true;
  };
  channel.onclose = () => breakOff("lost");
  channel.onmessage = ({ data }) => {
    const news: News = JSON.parse(data);
    isOver ||= news.state === "ended";
    order.onNews(news);
  };
  connection.onconnectionstatechange = () => {
    if (connection.connectionState === "failed") breakOff(hasOpened ? "lost" : "noWay");
  };
  connection.ontrack = ({ streams, track }) =>
    order.onSound(streams[0] ?? new MediaStream([track]));
}

/** Wait until the browser knows its addresses; a server that does not answer is not waited for. */
function gathered(connection: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (connection.iceGatheringState === "complete") resolve();
    };
    connection.addEventListener("icegatheringstatechange", look);
    setTimeout(resolve, GATHERED_MS);
    look();
  });
}
