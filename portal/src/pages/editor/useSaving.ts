import { useMutation } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { saveDraft } from "@/api/applications";
import type { Draft } from "@/behavior/history";

const PAUSE_MS = 900;

export type Saving = "saved" | "saving" | "unsaved" | "failed";

/** Saves the draft whenever one pauses; one save at a time, the newest draft last. */
export function useSaving(id: string, draft: Draft, isReadOnly: boolean) {
  const saved = useRef(draft);
  const { mutate, mutateAsync, isPending, error, reset } = useMutation({
    // One after the other, so that the newest is what stays.
    scope: { id: `draft of ${id}` },
    mutationFn: (next: Draft) => saveDraft(id, next.behavior, next.layout),
    onSuccess: (_answer, next) => {
      saved.current = next;
    },
  });
  const isChanged = saved.current !== draft;

  useEffect(() => {
    if (isReadOnly || isPending || saved.current === draft) return;
    const timer = setTimeout(() => mutate(draft), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [draft, isReadOnly, isPending, mutate]);

  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (saved.current !== draft) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [draft]);

  const state: Saving = error ? "failed" : isPending ? "saving" : isChanged ? "unsaved" : "saved";
  const latest = useRef(draft);
  latest.current = draft;
  const retry = useCallback(() => {
    reset();
    mutate(latest.current);
  }, [reset, mutate]);
  const saveNow = async () => {
    if (saved.current !== draft) await mutateAsync(draft);
  };
  return { state, retry, saveNow };
}
