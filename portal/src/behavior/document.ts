/** A channel behavior as the editor holds it: the JSON document itself, changed by pure functions. */

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

export interface BehaviorNode {
  ActionType: string;
  ChannelBehaviorAction?: JsonObject;
  NextNode?: number | string | null;
}

export interface Behavior {
  ChannelBehaviorNodes: Record<string, BehaviorNode>;
  /** Told what becomes of calls. */
  StatusCallbackUrl?: string;
  StatusCallbackMethod?: string;
}

export type Layout = Record<string, { x: number; y: number }>;

/** Where a value is inside a node: `["ChannelBehaviorAction", "Digits", "1", "NextNode"]`. */
export type Path = readonly (string | number)[];

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function valueAt(value: unknown, path: Path): Json | undefined {
  let here: unknown = value;
  for (const step of path) {
    if (Array.isArray(here)) here = here[Number(step)];
    else if (isObject(here)) here = here[step];
    else return undefined;
  }
  return here as Json | undefined;
}

/** The same value with another one at a path; `undefined` takes it away. */
export function withValueAt<T>(value: T, path: Path, next: Json | undefined): T {
  const [step, ...rest] = path;
  if (step === undefined) return next as T;
  if (Array.isArray(value)) {
    const items = [...value];
    if (rest.length === 0 && next === undefined) items.splice(Number(step), 1);
    else items[Number(step)] = withValueAt(items[Number(step)] ?? {}, rest, next);
    return items as T;
  }
  const fields: JsonObject = isObject(value) ? { ...value } : {};
  if (rest.length === 0 && next === undefined) delete fields[step];
  else fields[step] = withValueAt(fields[step] ?? {}, rest, next);
  return fields as T;
}

/** What the JSON text holds, if it can be drawn: an object of nodes. Else says why not. */
export function readBehavior(value: unknown): Behavior {
  if (!isObject(value)) throw new Error("not an object");
  const nodes = value.ChannelBehaviorNodes;
  if (!isObject(nodes)) throw new Error("ChannelBehaviorNodes is missing");
  for (const [number, node] of Object.entries(nodes)) {
    if (!isObject(node) || typeof node.ActionType !== "string") {
      throw new Error(`node ${number} has no ActionType`);
    }
  }
  return value as unknown as Behavior;
}

export const nodesOf = (behavior: Behavior): [string, BehaviorNode][] =>
  Object.entries(behavior.ChannelBehaviorNodes);

export function freeNumber(behavior: Behavior): string {
  const taken = Object.keys(behavior.ChannelBehaviorNodes).map(Number);
  return String(Math.max(-1, ...taken.filter(Number.isFinite)) + 1);
}
