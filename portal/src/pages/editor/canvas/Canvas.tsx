import {
  applyNodeChanges,
  Background,
  type Connection,
  Controls,
  type Edge,
  type FinalConnectionState,
  MiniMap,
  type NodeChange,
  ReactFlow,
  useReactFlow,
} from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import "./canvas.css";
import { useComputedColorScheme } from "@mantine/core";
import { memo, useCallback, useEffect, useRef, useState } from "react";
import type { Path } from "@/behavior/document";
import { CARD_WIDTH } from "@/behavior/layout";
import { portsOf } from "@/behavior/schema";
import type { DraftActions } from "../useDraft";
import { FlowEdge } from "./FlowEdge";
import { cardsOf, edgesOf, placesOf, type Scene } from "./graph";
import { type CardNode, NodeCard } from "./NodeCard";
import { useFit } from "./useFit";

const NODE_TYPES = { card: NodeCard };
const EDGE_TYPES = { flow: FlowEdge };
const FIT = { maxZoom: 1, padding: 0.12 };
const MINIMAP_FROM = 12;
const MOVES_MS = 300;

export interface Spot {
  x: number;
  y: number;
}

export interface CanvasProps {
  scene: Scene;
  actions: DraftActions;
  onSelect: (number: string | null) => void;
  /** A port was dragged to an empty place: a node is wanted there. */
  onWanted: (spot: Spot, from: { number: string; path: Path }) => void;
  isReadOnly?: boolean;
}

/** The graph, edited by dragging. What is dragged lives here until it is dropped. */
function CanvasView({ scene, actions, onSelect, onWanted, isReadOnly = false }: CanvasProps) {
  const [cards, setCards] = useState<CardNode[]>(() => cardsOf(scene, []));
  const [edges, setEdges] = useState<Edge[]>(() => edgesOf(scene, []));
  const flow = useReactFlow();
  const canvas = useRef<HTMLDivElement>(null);
  const colorMode = useComputedColorScheme("light");

  useEffect(() => {
    setCards((before) => cardsOf(scene, before));
    setEdges((before) => edgesOf(scene, before));
  }, [scene]);

  const moved = useFit(canvas);

  // The node that is heard is kept in sight, in a graph that is larger than the screen.
  const { heard } = scene.highlight;
  useEffect(() => {
    const card = heard === null ? undefined : flow.getInternalNode(heard);
    const frame = canvas.current?.getBoundingClientRect();
    if (!card || !frame) return;
    const { x, y } = card.internals.positionAbsolute;
    const start = flow.flowToScreenPosition({ x, y });
    const end = flow.flowToScreenPosition({ x: x + CARD_WIDTH, y: y + CARD_WIDTH / 2 });
    const isSeen =
      start.x >= frame.left &&
      end.x <= frame.right &&
      start.y >= frame.top &&
      end.y <= frame.bottom;
    if (isSeen) return;
    const middle = [x + CARD_WIDTH / 2, y + CARD_WIDTH / 4] as const;
    void flow.setCenter(...middle, { zoom: flow.getZoom(), duration: MOVES_MS });
  }, [heard, flow]);

  const change = useCallback(
    (changes: NodeChange<CardNode>[]) => setCards((before) => applyNodeChanges(changes, before)),
    [],
  );

  const pathOf = useCallback(
    (number: string, portId: string | null | undefined): Path | null => {
      const node = scene.draft.behavior.ChannelBehaviorNodes[number];
      const port = node && portsOf(scene.schema, node).find((each) => each.id === portId);
      return port?.path ?? null;
    },
    [scene],
  );

  // A new function would be told the old selection again, and undo what replaced it.
  const selected = useCallback(
    ({ nodes }: { nodes: CardNode[] }) => {
      if (nodes.length === 1) onSelect(nodes[0]?.id ?? null);
    },
    [onSelect],
  );

  const connect = ({ source, sourceHandle, target }: Connection) => {
    const path = pathOf(source, sourceHandle);
    if (path) actions.connect(source, { path }, target);
  };

  const cut = (edge: Edge) => {
    const path = pathOf(edge.source, edge.sourceHandle);
    if (path) actions.connect(edge.source, { path }, null);
  };

  const dropped = (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
    if (state.isValid || state.toNode || state.fromHandle?.type !== "source") return;
    const path = pathOf(state.fromHandle.nodeId, state.fromHandle.id);
    const point = "changedTouches" in event ? event.changedTouches[0] : event;
    if (!path || !point) return;
    const spot = flow.screenToFlowPosition({ x: point.clientX, y: point.clientY - 20 });
    onWanted(spot, { number: state.fromHandle.nodeId, path });
  };

  return (
    <ReactFlow<CardNode>
      ref={canvas}
      nodes={cards}
      edges={edges}
      nodeTypes={NODE_TYPES}
      colorMode={colorMode}
      onNodesChange={change}
      onConnect={connect}
      onConnectEnd={dropped}
      onReconnect={(edge, to) => {
        if (edge.source !== to.source || edge.sourceHandle !== to.sourceHandle) cut(edge);
        connect(to);
      }}
      onEdgesDelete={(gone) => gone.forEach(cut)}
      onNodesDelete={(gone) => actions.remove(gone.map((card) => card.id))}
      onNodeDragStop={(_event, _card, dragged) => actions.move(placesOf(dragged))}
      onSelectionChange={selected}
      onPaneClick={() => onSelect(null)}
      nodesDraggable={!isReadOnly}
      nodesConnectable={!isReadOnly}
      edgesReconnectable={!isReadOnly}
      deleteKeyCode={isReadOnly ? null : ["Delete", "Backspace"]}
      onlyRenderVisibleElements
      fitViewOptions={FIT}
      onMoveEnd={moved}
      edgeTypes={EDGE_TYPES}
      minZoom={0.15}
      maxZoom={1.6}
      snapToGrid
      snapGrid={[8, 8]}
    >
      <Background gap={24} size={1.2} />
      <Controls showInteractive={false} />
      {cards.length > MINIMAP_FROM ? <MiniMap pannable zoomable ariaLabel={null} /> : null}
    </ReactFlow>
  );
}

export const Canvas = memo(CanvasView);
