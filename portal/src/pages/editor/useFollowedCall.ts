import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { liveCallsQuery } from "@/api/calls";
import type { Behavior } from "@/behavior/document";
import type { BehaviorSchema } from "@/behavior/schema";
import { useLiveCalls } from "../live/useLiveCalls";
import type { Highlight } from "./canvas/graph";
import { highlightOfVisits, type Visit } from "./path";

/** The way of a call that goes on, as far as it has come: where it is glows. */
export function useFollowedCall(applicationId: string, behavior: Behavior, schema: BehaviorSchema) {
  const [callId, setCallId] = useState<string | null>(null);
  const [key, setKey] = useState<string | null>(null);
  const [visits, setVisits] = useState<Visit[]>([]);
  useLiveCalls(callId !== null);
  const { data: calls } = useQuery({ ...liveCallsQuery, enabled: false });
  const call = calls?.find(({ id }) => id === callId);
  const node = call?.application_id === applicationId ? (call.node ?? null) : null;
  const since = call?.node_entered_at;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a key belongs to the node it was pressed in
  useEffect(() => {
    if (node === null || !since) return;
    setVisits((before) => [...before.slice(0, -1), ...left(before.at(-1), node, key), at(node)]);
    setKey(null);
  }, [node, since]);

  const follow = useCallback((id: string | null) => {
    setCallId(id);
    setKey(null);
    setVisits([]);
  }, []);

  const highlight = useMemo<Highlight | null>(
    () =>
      callId === null || node === null
        ? null
        : { ...highlightOfVisits(visits, behavior, schema), heard: node },
    [callId, node, visits, behavior, schema],
  );
  return { highlight, follow, press: setKey };
}

const at = (node: string): Visit => ({ node, branch: null, next_node: null });

const left = (visit: Visit | undefined, next_node: string, key: string | null): Visit[] =>
  visit ? [{ ...visit, branch: key === null ? null : `digit ${key}`, next_node }] : [];
