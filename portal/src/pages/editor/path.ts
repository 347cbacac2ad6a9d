import type { Scenario } from "@/api/applications";
import type { Behavior } from "@/behavior/document";
import { type BehaviorSchema, type Port, portsOf } from "@/behavior/schema";
import type { Highlight } from "./canvas/graph";

export interface Visit {
  node: string;
  branch: string | null;
  next_node: string | null;
}

const words = (text: string) => text.toLowerCase().replace(/[^a-z0-9*#]+/g, "");

/** Whether a port is the branch that the interpreter names: `digit 1`, `case 0`, `no answer`. */
function isBranch(port: Port, branch: string): boolean {
  const [kind, which] = branch.split(" ");
  if (port.kind === "key") return kind === "digit" && port.label === which;
  if (port.kind === "case") return kind === "case" && String(port.path.at(-2)) === which;
  const name = String(port.path.at(-1)).replace(/NextNode$/, "");
  return words(name) === words(branch) || words(port.label) === words(branch);
}

/** The port that a visit left by: the branch it names if that leads there, else one that does. */
function takenPort(visit: Visit, behavior: Behavior, schema: BehaviorSchema): Port | undefined {
  const node = behavior.ChannelBehaviorNodes[visit.node];
  if (!node || visit.next_node === null) return undefined;
  const leading = portsOf(schema, node).filter((port) => port.target === visit.next_node);
  const { branch } = visit;
  return (
    (branch ? leading.find((port) => isBranch(port, branch)) : undefined) ??
    leading.find((port) => port.kind === "next") ??
    leading[0]
  );
}

/** What to colour of a graph: the nodes that were visited, and the edges between them. */
export function highlightOfVisits(
  visits: readonly Visit[],
  behavior: Behavior,
  schema: BehaviorSchema,
): Highlight {
  const edges = new Set<string>();
  for (const visit of visits) {
    const port = takenPort(visit, behavior, schema);
    if (port) edges.add(`${visit.node}:${port.id}`);
  }
  return { nodes: new Set(visits.map((visit) => visit.node)), edges, heard: null };
}

export const highlightOf = (scenario: Scenario, behavior: Behavior, schema: BehaviorSchema) =>
  highlightOfVisits(scenario.path, behavior, schema);
