import { Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ReactFlowProvider } from "@xyflow/react";
import { Pause, Play } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { behaviorSchemaQuery } from "@/api/applications";
import { type CallDetails, callBehaviorQuery, type Visit } from "@/api/calls";
import { type Behavior, readBehavior } from "@/behavior/document";
import { autoLayout } from "@/behavior/layout";
import type { BehaviorSchema } from "@/behavior/schema";
import { useSchemaText } from "@/i18n/schemaTexts";
import { ErrorState, RowsSkeleton } from "@/ui";
import { Canvas } from "../editor/canvas/Canvas";
import { highlightOfVisits } from "../editor/path";
import classes from "./CallGraph.module.css";

const STEP_MS = 900;
const NO_ACTIONS = {
  edit: () => {},
  set: () => {},
  connect: () => {},
  remove: () => {},
  add: () => {},
  copy: () => {},
  move: () => {},
  arrange: () => {},
  replace: () => {},
  undo: () => {},
  redo: () => {},
};

/** The graph that was executed, with the way the call took; played again step by step on request. */
export default function CallGraph({ call }: { call: CallDetails }) {
  const schema = useQuery(behaviorSchemaQuery);
  const behavior = useQuery(callBehaviorQuery(call.id));
  const { t } = useTranslation();
  const error = schema.error ?? behavior.error;
  const read = useMemo(() => {
    try {
      return behavior.data ? readBehavior(behavior.data) : null;
    } catch {
      return null;
    }
  }, [behavior.data]);
  if (error) return <ErrorState error={error} />;
  if (!schema.data || !behavior.data) return <RowsSkeleton rows={1} height={300} />;
  if (!read) return <Text c="dimmed">{t("call.noGraph")}</Text>;
  return (
    <ReactFlowProvider>
      <Replay visits={call.path} behavior={read} schema={schema.data} />
    </ReactFlowProvider>
  );
}

interface ReplayProps {
  visits: Visit[];
  behavior: Behavior;
  schema: BehaviorSchema;
}

function Replay({ visits, behavior, schema }: ReplayProps) {
  const { t } = useTranslation();
  const translate = useSchemaText();
  const [step, setStep] = useState<number | null>(null);
  const isPlaying = step !== null;

  useEffect(() => {
    if (step === null) return;
    const timer = setTimeout(() => setStep(step + 1 < visits.length ? step + 1 : null), STEP_MS);
    return () => clearTimeout(timer);
  }, [step, visits.length]);

  const scene = useMemo(() => {
    const shown = step === null ? visits : visits.slice(0, step + 1);
    const way = shown.map(({ node, outcome, next_node }) => ({ node, branch: outcome, next_node }));
    const heard = step === null ? null : (visits[step]?.node ?? null);
    return {
      draft: { behavior, layout: autoLayout(behavior, schema) },
      schema,
      problems: new Map(),
      selected: null,
      highlight: { ...highlightOfVisits(way, behavior, schema), heard },
      translate,
    };
  }, [visits, step, behavior, schema, translate]);

  const visit = step === null ? undefined : visits[step];
  return (
    <>
      <div className={classes.graph}>
        <Canvas
          scene={scene}
          actions={NO_ACTIONS}
          onSelect={() => {}}
          onWanted={() => {}}
          isReadOnly
        />
      </div>
      <Group gap="sm">
        <Button
          variant="default"
          size="compact-sm"
          disabled={visits.length === 0}
          leftSection={isPlaying ? <Pause size={14} aria-hidden /> : <Play size={14} aria-hidden />}
          onClick={() => setStep(isPlaying ? null : 0)}
        >
          {t(isPlaying ? "call.stopReplay" : "call.replay")}
        </Button>
        <Text size="sm" c="dimmed" aria-live="polite">
          {visit
            ? `${t("editor.node", { node: visit.node })} · ${visit.action_type} · ${visit.outcome}`
            : ""}
        </Text>
      </Group>
    </>
  );
}
