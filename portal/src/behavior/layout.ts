import { layout as arrange, Graph } from "@dagrejs/dagre";
import { type Behavior, type Layout, nodesOf } from "./document";
import { type BehaviorSchema, portsOf } from "./schema";

export const CARD_WIDTH = 248;
const HEADER = 84;
const PORT = 26;

export const cardHeight = (ports: number) => HEADER + ports * PORT;

/** Places for all nodes: the flow reads from left to right. */
export function autoLayout(behavior: Behavior, schema: BehaviorSchema): Layout {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 36, ranksep: 140, marginx: 24, marginy: 24 });
  graph.setDefaultEdgeLabel(() => ({}));
  const nodes = nodesOf(behavior);
  for (const [number, node] of nodes) {
    const height = cardHeight(portsOf(schema, node).length);
    graph.setNode(number, { width: CARD_WIDTH, height });
  }
  for (const [number, node] of nodes) {
    for (const port of portsOf(schema, node)) {
      if (port.target !== null && port.target in behavior.ChannelBehaviorNodes) {
        graph.setEdge(number, port.target, {}, port.id);
      }
    }
  }
  arrange(graph);
  return Object.fromEntries(
    nodes.map(([number]) => {
      const place = graph.node(number);
      return [number, { x: place.x - place.width / 2, y: place.y - place.height / 2 }];
    }),
  );
}

/** A stored layout completed: nodes without a place get one below the others. */
export function completeLayout(
  behavior: Behavior,
  schema: BehaviorSchema,
  stored: Layout | null | undefined,
): Layout {
  const known = stored ?? {};
  const missing = nodesOf(behavior).filter(([number]) => !known[number]);
  if (missing.length === 0) return known;
  if (missing.length === nodesOf(behavior).length) return autoLayout(behavior, schema);
  const bottom = Math.max(0, ...Object.values(known).map((place) => place.y)) + 220;
  const placed = missing.map(([number], index) => [
    number,
    { x: index * (CARD_WIDTH + 40), y: bottom },
  ]);
  return { ...known, ...Object.fromEntries(placed) };
}
