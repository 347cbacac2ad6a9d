import { useCallback, useMemo, useReducer } from "react";
import type { Behavior, Json, Layout, Path } from "@/behavior/document";
import { addNode, connect, copyNode, removeNodes, setField } from "@/behavior/edit";
import { begin, type Draft, type History, type Step, step } from "@/behavior/history";
import { autoLayout } from "@/behavior/layout";
import type { BehaviorSchema, Port } from "@/behavior/schema";

type Action = Step | { type: "edit"; edit: (draft: Draft) => Draft; subject?: string };

/** Edits are functions of what is there, so that two in a row never lose one another. */
function reduce(history: History, action: Action): History {
  if (action.type !== "edit") return step(history, action);
  const draft = action.edit(history.present);
  if (draft === history.present) return history;
  return step(history, { type: "change", draft, subject: action.subject });
}

const BESIDE = { x: 330, y: 40 };

/** The draft being edited, with everything one can do to it and take back. */
export function useDraft(first: Draft, schema: BehaviorSchema) {
  const [history, dispatch] = useReducer(reduce, first, begin);

  const edit = useCallback(
    (change: (behavior: Behavior) => Behavior, subject?: string) =>
      dispatch({
        type: "edit",
        subject,
        edit: (draft) => {
          const behavior = change(draft.behavior);
          return behavior === draft.behavior ? draft : { ...draft, behavior };
        },
      }),
    [],
  );

  const actions = useMemo(
    () => ({
      edit,
      set: (number: string, path: Path, value: Json | undefined) =>
        edit((behavior) => setField(behavior, number, path, value), `${number}.${path.join(".")}`),
      connect: (number: string, port: Pick<Port, "path">, target: string | null) =>
        edit((behavior) => connect(behavior, number, port, target)),
      remove: (numbers: readonly string[]) =>
        edit((behavior) => removeNodes(behavior, schema, numbers)),
      /** Add a node where it is wanted; from a port, it is connected at once. */
      add: (kind: string, place: { x: number; y: number }, from?: { number: string; path: Path }) =>
        dispatch({
          type: "edit",
          edit: ({ behavior, layout }) => {
            const [grown, number] = addNode(behavior, schema, kind);
            const led = from ? connect(grown, from.number, { path: from.path }, number) : grown;
            return { behavior: led, layout: { ...layout, [number]: place } };
          },
        }),
      copy: (number: string) =>
        dispatch({
          type: "edit",
          edit: ({ behavior, layout }) => {
            const [grown, copy] = copyNode(behavior, number);
            const { x, y } = layout[number] ?? { x: 0, y: 0 };
            return {
              behavior: grown,
              layout: { ...layout, [copy]: { x: x + BESIDE.y, y: y + BESIDE.x / 2 } },
            };
          },
        }),
      move: (places: Layout) =>
        dispatch({
          type: "edit",
          edit: (draft) => ({ ...draft, layout: { ...draft.layout, ...places } }),
        }),
      arrange: () =>
        dispatch({
          type: "edit",
          edit: ({ behavior }) => ({ behavior, layout: autoLayout(behavior, schema) }),
        }),
      replace: (draft: Draft) => dispatch({ type: "change", draft }),
      undo: () => dispatch({ type: "undo" }),
      redo: () => dispatch({ type: "redo" }),
    }),
    [edit, schema],
  );

  return {
    draft: history.present,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    actions,
  };
}

export type DraftActions = ReturnType<typeof useDraft>["actions"];
