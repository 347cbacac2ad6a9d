import {
  type Behavior,
  type BehaviorNode,
  freeNumber,
  type Json,
  type Path,
  withValueAt,
} from "./document";
import { type BehaviorSchema, freshNode, type Port, portsOf } from "./schema";

const withNodes = (behavior: Behavior, nodes: Behavior["ChannelBehaviorNodes"]): Behavior => ({
  ...behavior,
  ChannelBehaviorNodes: nodes,
});

export function setField(
  behavior: Behavior,
  number: string,
  path: Path,
  value: Json | undefined,
): Behavior {
  const node = behavior.ChannelBehaviorNodes[number];
  if (!node) return behavior;
  const changed = withValueAt(node, path, value);
  return withNodes(behavior, { ...behavior.ChannelBehaviorNodes, [number]: changed });
}

/** Say who is told what becomes of calls; nobody where the address is empty. */
export function setCallback(behavior: Behavior, url: string, method: string | null): Behavior {
  const { StatusCallbackUrl: _url, StatusCallbackMethod: _method, ...rest } = behavior;
  if (url === "") return rest;
  return {
    ...rest,
    StatusCallbackUrl: url,
    ...(method ? { StatusCallbackMethod: method } : {}),
  };
}

/** Lead a port to a node; null leads it nowhere. A key of a menu stays, without a node. */
export function connect(
  behavior: Behavior,
  number: string,
  port: Pick<Port, "path">,
  target: string | null,
): Behavior {
  return setField(behavior, number, port.path, target === null ? undefined : Number(target));
}

export function addNode(
  behavior: Behavior,
  schema: BehaviorSchema,
  actionType: string,
): [Behavior, string] {
  const number = freeNumber(behavior);
  const nodes = { ...behavior.ChannelBehaviorNodes, [number]: freshNode(schema, actionType) };
  return [withNodes(behavior, nodes), number];
}

/** Add a copy of a node, leading where it leads. */
export function copyNode(behavior: Behavior, number: string): [Behavior, string] {
  const node = behavior.ChannelBehaviorNodes[number];
  if (!node) return [behavior, number];
  const copy = freeNumber(behavior);
  const nodes = { ...behavior.ChannelBehaviorNodes, [copy]: structuredClone(node) };
  return [withNodes(behavior, nodes), copy];
}

/** Take nodes away, and every reference to them. Node 0 stays: the flow begins there. */
export function removeNodes(
  behavior: Behavior,
  schema: BehaviorSchema,
  numbers: readonly string[],
): Behavior {
  const gone = new Set(numbers.filter((number) => number !== "0"));
  if (gone.size === 0) return behavior;
  const left: [string, BehaviorNode][] = [];
  for (const [number, node] of Object.entries(behavior.ChannelBehaviorNodes)) {
    if (!gone.has(number)) left.push([number, withoutTargets(node, schema, gone)]);
  }
  return withNodes(behavior, Object.fromEntries(left));
}

function withoutTargets(
  node: BehaviorNode,
  schema: BehaviorSchema,
  gone: ReadonlySet<string>,
): BehaviorNode {
  return portsOf(schema, node)
    .filter((port) => port.target !== null && gone.has(port.target))
    .reduce((changed, port) => withValueAt(changed, port.path, undefined), node);
}
