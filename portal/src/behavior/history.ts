import type { Behavior, Layout } from "./document";

export interface Draft {
  behavior: Behavior;
  layout: Layout;
}

export interface History {
  past: Draft[];
  present: Draft;
  future: Draft[];
  /** What the last change was about; changes of the same are undone together. */
  subject: string | null;
}

export type Step =
  | { type: "change"; draft: Draft; subject?: string | null }
  | { type: "undo" }
  | { type: "redo" }
  | { type: "reset"; draft: Draft };

const DEEPEST = 200;

export const begin = (draft: Draft): History => ({
  past: [],
  present: draft,
  future: [],
  subject: null,
});

export function step(history: History, move: Step): History {
  switch (move.type) {
    case "reset":
      return begin(move.draft);
    case "change": {
      const subject = move.subject ?? null;
      const isSame = subject !== null && subject === history.subject;
      const past = isSame ? history.past : [...history.past, history.present].slice(-DEEPEST);
      return { past, present: move.draft, future: [], subject };
    }
    case "undo": {
      const previous = history.past.at(-1);
      if (!previous) return history;
      return {
        past: history.past.slice(0, -1),
        present: previous,
        future: [history.present, ...history.future],
        subject: null,
      };
    }
    case "redo": {
      const [next, ...future] = history.future;
      if (!next) return history;
      return { past: [...history.past, history.present], present: next, future, subject: null };
    }
  }
}
