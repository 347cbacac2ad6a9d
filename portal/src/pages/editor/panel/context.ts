import { createContext, useContext } from "react";
import type { Behavior, Json, Path } from "@/behavior/document";
import type { BehaviorSchema } from "@/behavior/schema";
import type { BehaviorProblem } from "../problems";

export interface PanelState {
  behavior: Behavior;
  schema: BehaviorSchema;
  number: string;
  problems: readonly BehaviorProblem[];
  set: (path: Path, value: Json | undefined) => void;
  onSelect: (number: string) => void;
  isReadOnly: boolean;
}

export const PanelContext = createContext<PanelState | null>(null);

export function usePanel(): PanelState {
  const state = useContext(PanelContext);
  if (!state) throw new Error("outside of a panel");
  return state;
}
