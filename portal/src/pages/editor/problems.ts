import type { Path } from "@/behavior/document";

export interface BehaviorProblem {
  severity: "error" | "warning";
  node: string | null;
  field: string;
  message: string;
}

export type ProblemsByNode = ReadonlyMap<string, readonly BehaviorProblem[]>;

/** The same array wherever there is nothing, so that cards need not be drawn again. */
export const NO_PROBLEMS: readonly BehaviorProblem[] = [];

export function byNode(problems: readonly BehaviorProblem[]): ProblemsByNode {
  const found = new Map<string, BehaviorProblem[]>();
  for (const problem of problems) {
    const node = problem.node ?? "";
    found.set(node, [...(found.get(node) ?? []), problem]);
  }
  return found;
}

/** `Cases[0].NextNode` and `Cases.0.NextNode` are one place. */
const normalized = (field: string) => field.replace(/\[(\d+)\]/g, ".$1");

export function problemsAt(problems: readonly BehaviorProblem[], path: Path) {
  const place = path.join(".");
  return problems.filter((problem) => normalized(problem.field) === place);
}
