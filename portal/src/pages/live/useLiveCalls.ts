import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type Call, liveCallsQuery } from "@/api/calls";
import { ownHeaders } from "@/api/client";

const AGAIN_MS = 1500;

type LivePage = { items: Call[]; next_cursor: string | null };

/** The list with a call as it is now: finished ones leave it, new ones come first. */
export function withCall(calls: Call[], changed: Call): Call[] {
  if (changed.status === "finished") return calls.filter((call) => call.id !== changed.id);
  const isKnown = calls.some((call) => call.id === changed.id);
  return isKnown
    ? calls.map((call) => (call.id === changed.id ? changed : call))
    : [changed, ...calls];
}

interface Told {
  id: string;
  event: string;
  data: string;
}

function* eventsOf(text: string): Generator<Told> {
  for (const part of text.split("\n\n")) {
    const told: Told = { id: "", event: "", data: "" };
    for (const line of part.split("\n")) {
      const [name = "", ...rest] = line.split(": ");
      if (name === "id" || name === "event" || name === "data") told[name] = rest.join(": ");
    }
    if (told.event) yield told;
  }
}

/** Follows running calls while wanted, and connects again where it broke off; says whether it is connected. */
export function useLiveCalls(isWanted = true): boolean {
  const client = useQueryClient();
  const [isConnected, setConnected] = useState(false);

  useEffect(() => {
    if (!isWanted) return;
    const stop = new AbortController();
    let lastId = "";

    const hear = ({ id, event, data }: Told) => {
      lastId = id || lastId;
      client.setQueryData(liveCallsQuery.queryKey, (page: LivePage | undefined) => {
        if (event === "snapshot") return { items: JSON.parse(data).calls, next_cursor: null };
        return { items: withCall(page?.items ?? [], JSON.parse(data)), next_cursor: null };
      });
    };

    // EventSource can send no header, and an operator names a customer in one.
    const listen = async () => {
      const headers = { ...ownHeaders("GET"), ...(lastId ? { "Last-Event-ID": lastId } : {}) };
      const response = await fetch("/api/v1/calls/events", { headers, signal: stop.signal });
      if (!response.ok || !response.body) throw new Error(response.statusText);
      setConnected(true);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        rest += part.value;
        const end = rest.lastIndexOf("\n\n");
        if (end < 0) continue;
        for (const told of eventsOf(rest.slice(0, end))) hear(told);
        rest = rest.slice(end + 2);
      }
    };

    const keepListening = async () => {
      while (!stop.signal.aborted) {
        await listen().catch(() => undefined);
        if (stop.signal.aborted) return;
        setConnected(false);
        await new Promise((resume) => setTimeout(resume, AGAIN_MS));
      }
    };
    keepListening();
    return () => stop.abort();
  }, [client, isWanted]);

  return isConnected;
}
