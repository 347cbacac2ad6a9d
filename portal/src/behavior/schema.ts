import type { BehaviorNode, Json, Path } from "./document";

/** The part of JSON Schema that our own behavior schema is written in. */
export interface Schema {
  $ref?: string;
  title?: string;
  description?: string;
  type?: "object" | "array" | "string" | "number" | "integer" | "boolean";
  const?: string;
  enum?: string[];
  default?: Json;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  propertyNames?: { enum?: string[]; pattern?: string };
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  maxItems?: number;
  pattern?: string;
  format?: string;
  "x-control"?: "template" | "language" | "prompt" | "node";
  "x-unit"?: string;
  "x-ends-call"?: boolean;
}

export interface BehaviorSchema extends Schema {
  $defs: Record<string, Schema>;
}

export const isNodeReference = (schema: Schema): boolean =>
  schema["x-control"] === "node" || schema.$ref === "#/$defs/NodeNumber";

export function actionTypes(schema: BehaviorSchema): string[] {
  return Object.entries(schema.$defs)
    .filter(([, kind]) => kind.properties?.ActionType)
    .map(([name]) => name);
}

export function actionFields(schema: BehaviorSchema, actionType: string): Schema | undefined {
  return schema.$defs[actionType]?.properties?.ChannelBehaviorAction;
}

/** A way out of a node: where it stands in the node, where it leads, and how it is called. */
export interface Port {
  id: string;
  path: Path;
  /** A key, or the title of the field. */
  label: string;
  kind: "next" | "key" | "case" | "outcome" | "failure";
  target: string | null;
}

const FAILURE = /^(Failed|NoAnswer|Busy|NoDigit|WrongDigit|NoInput)NextNode$/;

function targetOf(value: unknown): string | null {
  return typeof value === "number" || typeof value === "string" ? String(value) : null;
}

function portAt(path: Path, title: string, value: unknown): Port {
  const name = String(path.at(-1));
  const parent = path.at(-2);
  const isKey = path.at(-3) === "Digits";
  const isCase = path.at(-3) === "Cases";
  const kind = isKey
    ? "key"
    : isCase
      ? "case"
      : path.length === 1
        ? "next"
        : FAILURE.test(name)
          ? "failure"
          : "outcome";
  const label = isKey ? String(parent) : title;
  return { id: path.join("."), path, label, kind, target: targetOf(value) };
}

function* portsIn(schema: Schema, value: unknown, path: Path): Generator<Port> {
  if (isNodeReference(schema)) {
    yield portAt(path, schema.title ?? "", value);
    return;
  }
  const fields = (value ?? {}) as Record<string, unknown>;
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    yield* portsIn(field, fields[name], [...path, name]);
  }
  const items = Array.isArray(value) ? value : [];
  if (schema.items) {
    for (const [index, item] of items.entries()) {
      yield* portsIn(schema.items, item, [...path, index]);
    }
  }
  if (typeof schema.additionalProperties === "object" && value && !Array.isArray(value)) {
    const known = schema.properties ?? {};
    for (const [name, item] of Object.entries(fields)) {
      if (!(name in known)) yield* portsIn(schema.additionalProperties, item, [...path, name]);
    }
  }
}

const ORDER: Record<Port["kind"], number> = { key: 0, case: 1, outcome: 2, next: 3, failure: 4 };

const known = new WeakMap<BehaviorNode, { schema: BehaviorSchema; ports: Port[] }>();

/** Every way out of a node, connected or not; a node never changes, so they are found once. */
export function portsOf(schema: BehaviorSchema, node: BehaviorNode): Port[] {
  const found = known.get(node);
  if (found?.schema === schema) return found.ports;
  const ports = readPorts(schema, node);
  known.set(node, { schema, ports });
  return ports;
}

/** They are read off the schema: no action is special. */
function readPorts(schema: BehaviorSchema, node: BehaviorNode): Port[] {
  const kind = schema.$defs[node.ActionType];
  if (!kind) return [portAt(["NextNode"], "", node.NextNode)];
  if (kind["x-ends-call"]) return [];
  const ports = [...portsIn(kind, node, [])];
  return ports.sort((one, other) => ORDER[one.kind] - ORDER[other.kind]);
}

/** A fresh node of a kind: the fields it must have, with what they are by default. */
export function freshNode(schema: BehaviorSchema, actionType: string): BehaviorNode {
  const fields = actionFields(schema, actionType);
  const action: Record<string, Json> = {};
  for (const name of fields?.required ?? []) {
    action[name] = emptyValue(fields?.properties?.[name] ?? {}, name);
  }
  const node: BehaviorNode = { ActionType: actionType };
  if (Object.keys(action).length > 0) node.ChannelBehaviorAction = action;
  return node;
}

function emptyValue(schema: Schema, name: string): Json {
  if (schema.default !== undefined) return schema.default;
  if (name === "Digits") return { "1": {} };
  if (schema.type === "array" || schema.anyOf?.some((each) => each.type === "array")) return [];
  if (schema.type === "object") return {};
  if (schema.type === "number" || schema.type === "integer") return schema.minimum ?? 0;
  return "";
}
