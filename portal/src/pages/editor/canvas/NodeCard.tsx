import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { TriangleAlert } from "lucide-react";
import { memo } from "react";
import type { BehaviorNode } from "@/behavior/document";
import { caseInWords, says } from "@/behavior/says";
import type { Port } from "@/behavior/schema";
import { iconOf } from "../icons";
import type { BehaviorProblem } from "../problems";
import classes from "./NodeCard.module.css";

export interface CardData extends Record<string, unknown> {
  number: string;
  node: BehaviorNode;
  title: string;
  ports: Port[];
  portLabels: string[];
  problems: readonly BehaviorProblem[];
  isOnPath: boolean;
  isHeard: boolean;
}

export type CardNode = Node<CardData, "card">;

/** A small card that says what the caller hears, with a row for each way out. */
function NodeCardView({ data, selected }: NodeProps<CardNode>) {
  const Icon = iconOf(data.node.ActionType);
  const hasError = data.problems.some((problem) => problem.severity === "error");
  const classNames = [classes.card];
  if (selected) classNames.push(classes.selected);
  if (data.problems.length > 0) classNames.push(hasError ? classes.wrong : classes.doubtful);
  if (data.isOnPath) classNames.push(classes.onPath);
  if (data.isHeard) classNames.push(classes.heard);
  return (
    <div className={classNames.join(" ")} data-heard={data.isHeard}>
      <Handle type="target" position={Position.Left} className={classes.entry} />
      <div className={classes.header}>
        <Icon size={15} aria-hidden />
        <span className={classes.title}>{data.title}</span>
        {data.problems.length > 0 ? (
          <span className={classes.problem} title={data.problems[0]?.message}>
            <TriangleAlert size={14} aria-hidden /> {data.problems.length}
          </span>
        ) : null}
        <span className={classes.number}>{data.number}</span>
      </div>
      <div className={classes.says}>{says(data.node) || "…"}</div>
      {data.ports.map((port, index) => (
        <PortRow key={port.id} port={port} label={data.portLabels[index] ?? ""} />
      ))}
    </div>
  );
}

function PortRow({ port, label }: { port: Port; label: string }) {
  const isKey = port.kind === "key";
  return (
    <div className={classes.port} data-kind={port.kind} data-free={port.target === null}>
      {isKey ? <kbd className={classes.key}>{label}</kbd> : label}
      <Handle type="source" id={port.id} position={Position.Right} className={classes.exit} />
    </div>
  );
}

/** What stands beside a port: a case says its condition. */
export function portLabel(node: BehaviorNode, port: Port, translate: (text: string) => string) {
  if (port.kind === "key") return port.label;
  if (port.kind !== "case") return translate(port.label);
  const cases = node.ChannelBehaviorAction?.Cases;
  const found = Array.isArray(cases) ? cases[Number(port.path.at(-2))] : undefined;
  return caseInWords(found) || translate(port.label);
}

export const NodeCard = memo(NodeCardView);
