import { BaseEdge, type EdgeProps, getBezierPath } from "@xyflow/react";
import { memo } from "react";

const MARGIN = 10;
const CHARACTER = 6;
const HALVINGS = 10;
const LONGEST = 18;

/** The way from a port to a card. Its label stands in the gap behind the port, where no card is. */
function FlowEdgeView(props: EdgeProps) {
  const [path, labelX, labelY] = getBezierPath(props);
  const label = shortened(props.label);
  const behind = MARGIN + (label.length * CHARACTER) / 2;
  const isForward = props.targetX > props.sourceX + 2 * behind;
  const place = isForward
    ? { labelX: props.sourceX + behind, labelY: heightAt(behind, props) }
    : { labelX, labelY };
  return (
    <BaseEdge
      id={props.id}
      path={path}
      markerEnd={props.markerEnd}
      style={props.style}
      interactionWidth={props.interactionWidth}
      label={label}
      labelBgPadding={[4, 2]}
      labelBgBorderRadius={4}
      {...place}
    />
  );
}

function shortened(label: EdgeProps["label"]): string {
  if (typeof label !== "string") return "";
  return label.length > LONGEST ? `${label.slice(0, LONGEST)}…` : label;
}

interface Ends {
  sourceX: number;
  sourceY: number;
  targetX: number;
  targetY: number;
}

/** How high the curve is so far from its source; it only ever goes on to the right. */
function heightAt(distance: number, { sourceX, sourceY, targetX, targetY }: Ends): number {
  const share = distance / (targetX - sourceX);
  let [low, high] = [0, 1];
  for (let step = 0; step < HALVINGS; step += 1) {
    const t = (low + high) / 2;
    // React Flow's control points are half way between both ends.
    if (1.5 * t * (1 - t) + t ** 3 < share) low = t;
    else high = t;
  }
  return sourceY + (targetY - sourceY) * (3 * low ** 2 - 2 * low ** 3);
}

export const FlowEdge = memo(FlowEdgeView);
