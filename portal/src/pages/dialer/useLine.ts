import { useCallback, useEffect, useRef, useState } from "react";
import type { Target } from "@/api/browserCalls";
import { dial, type Line, type News } from "./line";

export type TalkState = "idle" | "connecting" | "ringing" | "answered" | "ended";

/** A call from here, as far as it has come. */
export interface Talk {
  state: TalkState;
  id: string | null;
  sound: MediaStream | null;
  answeredAt: number | null;
  endedAt: number | null;
  news: News | null;
  error: unknown;
  keys: string;
}

const NOTHING: Talk = {
  state: "idle",
  id: null,
  sound: null,
  answeredAt: null,
  endedAt: null,
  news: null,
  error: null,
  keys: "",
};

export const isGoing = ({ state }: Talk) => state !== "idle" && state !== "ended";

/** One call at a time; it ends with the component. */
export function useLine(microphone: MediaStream | null, prepare?: () => Promise<unknown>) {
  const [talk, setTalk] = useState(NOTHING);
  const line = useRef<Line | null>(null);
  const ending = useRef<AbortController | null>(null);

  const change = useCallback(
    (what: Partial<Talk>) => setTalk((before) => ({ ...before, ...what })),
    [],
  );

  const end = useCallback(
    (what: Partial<Talk>) => {
      line.current = null;
      ending.current?.abort();
      ending.current = null;
      change({ ...what, state: "ended", endedAt: Date.now(), sound: null });
    },
    [change],
  );

  const call = async (target: Target, caller: string) => {
    if (!microphone) return;
    const controller = new AbortController();
    ending.current = controller;
    setTalk({ ...NOTHING, state: "connecting" });
    const onNews = (news: News) => {
      if (news.state === "ended") return end({ news });
      change({
        state: news.state,
        ...(news.state === "answered" ? { answeredAt: Date.now() } : {}),
      });
    };
    try {
      const { signal } = controller;
      await prepare?.();
      const placed = await dial({
        target,
        caller,
        microphone,
        signal,
        onNews,
        onSound: (sound) => change({ sound }),
        onTrouble: (error) => end({ error }),
      });
      line.current = placed;
      change({ id: placed.id });
    } catch (error) {
      if (!controller.signal.aborted) end({ error });
    }
  };

  const press = (key: string) => {
    if (!line.current) return;
    line.current.press(key);
    setTalk((before) => ({ ...before, keys: before.keys + key }));
  };

  useEffect(() => {
    if (microphone) line.current?.speakInto(microphone);
  }, [microphone]);
  useEffect(() => () => ending.current?.abort(), []);

  return { talk, call, press, hangUp: () => end({}) };
}
