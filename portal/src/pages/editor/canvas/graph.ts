import type { Edge } from "@xyflow/react";
import { type BehaviorNode, type Layout, nodesOf } from "@/behavior/document";
import type { Draft } from "@/behavior/history";
import { type BehaviorSchema, type Port, portsOf } from "@/behavior/schema";
import { NO_PROBLEMS, type ProblemsByNode } from "../problems";
import { type CardData, type CardNode, portLabel } from "./NodeCard";

export interface Highlight {
  nodes: ReadonlySet<string>;
  /** `number:portId` of the edges taken. */
  edges: ReadonlySet<string>;
  heard: string | null;
}

export const NO_HIGHLIGHT: Highlight = { nodes: new Set(), edges: new Set(), heard: null };

export interface Scene {
  draft: Draft;
  schema: BehaviorSchema;
  problems: ProblemsByNode;
  selected: string | null;
  highlight: Highlight;
  translate: (text: string) => string;
}

function isSame(one: CardData, other: CardData): boolean {
  return (
    one.node === other.node &&
    one.problems === other.problems &&
    one.isOnPath === other.isOnPath &&
    one.isHeard === other.isHeard &&
    one.title === other.title
  );
}

function dataOf(scene: Scene, number: string, before: CardData | undefined): CardData {
  const { draft, schema, problems, highlight, translate } = scene;
  const node = draft.behavior.ChannelBehaviorNodes[number] ?? { ActionType: "" };
  const ports = portsOf(schema, node);
  const data: CardData = {
    number,
    node,
    ports,
    title: translate(schema.$defs[node.ActionType]?.title ?? node.ActionType),
    portLabels: ports.map((port) => portLabel(node, port, translate)),
    problems: problems.get(number) ?? NO_PROBLEMS,
    isOnPath: highlight.nodes.has(number),
    isHeard: highlight.heard === number,
  };
  return before && isSame(before, data) ? before : data;
}

/** The cards of a draft; a card that has not changed stays the same object, and is not drawn anew. */
export function cardsOf(scene: Scene, before: readonly CardNode[]): CardNode[] {
  const known = new Map(before.map((card) => [card.id, card]));
  return nodesOf(scene.draft.behavior).map(([number]) => {
    const old = known.get(number);
    const data = dataOf(scene, number, old?.data);
    const position = scene.draft.layout[number] ?? { x: 0, y: 0 };
    const selected = scene.selected === number;
    const isSamePlace = old?.position.x === position.x && old?.position.y === position.y;
    if (old && old.data === data && isSamePlace && old.selected === selected) return old;
    const ariaLabel = `${number}, ${data.title}`;
    return {
      ...old,
      id: number,
      type: "card",
      data,
      position,
      selected,
      ariaLabel,
      deletable: number !== "0",
    };
  });
}

const isSameEdge = (one: Edge, other: Edge) =>
  one.target === other.target &&
  one.label === other.label &&
  one.animated === other.animated &&
  one.zIndex === other.zIndex;

/** The edges of a draft; as with cards, what has not changed stays the same object. */
export function edgesOf(scene: Scene, before: Edge[]): Edge[] {
  const known = new Map(before.map((edge) => [edge.id, edge]));
  const edges = nodesOf(scene.draft.behavior)
    .flatMap(([number, node]) => edgesFrom(scene, number, node))
    .map((edge) => {
      const old = known.get(edge.id);
      return old && isSameEdge(old, edge) ? old : edge;
    });
  const isSame = edges.length === before.length && edges.every((edge, at) => edge === before[at]);
  return isSame ? before : edges;
}

function edgesFrom(scene: Scene, number: string, node: BehaviorNode): Edge[] {
  const { draft, schema, highlight, selected, translate } = scene;
  const ports = portsOf(schema, node).filter(
    (port): port is Port & { target: string } =>
      port.target !== null && port.target in draft.behavior.ChannelBehaviorNodes,
  );
  // Edges between the same two cards lie upon one another, and share one label.
  const labels = new Map<string, string[]>();
  for (const port of ports.filter(({ kind }) => kind !== "next")) {
    labels.set(port.target, [...(labels.get(port.target) ?? []), portLabel(node, port, translate)]);
  }
  return ports.map((port) => {
    const id = `${number}:${port.id}`;
    const isTaken = highlight.edges.has(id);
    const label = port.kind === "next" ? undefined : labels.get(port.target)?.join(" · ");
    if (label !== undefined) labels.delete(port.target);
    return {
      id,
      type: "flow",
      source: number,
      sourceHandle: port.id,
      target: port.target,
      className: `edge edge-${port.kind}`,
      animated: isTaken,
      label,
      zIndex: selected === number || isTaken ? 1 : 0,
    };
  });
}

export const placesOf = (cards: readonly CardNode[]): Layout =>
  Object.fromEntries(cards.map((card) => [card.id, card.position]));
