import { ActionIcon, Badge, Button, Divider, Group, Text, Tooltip } from "@mantine/core";
import {
  FlaskConical,
  History,
  LayoutGrid,
  type LucideIcon,
  Phone,
  Plus,
  Redo2,
  Undo2,
} from "lucide-react";
import { memo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { PanelName } from "@/app/search";
import type { BehaviorProblem } from "./problems";
import classes from "./Toolbar.module.css";

interface ToolbarProps {
  name: string;
  saved: ReactNode;
  problems: readonly BehaviorProblem[];
  canUndo: boolean;
  canRedo: boolean;
  isReadOnly: boolean;
  onUndo: () => void;
  onRedo: () => void;
  onAdd: () => void;
  onArrange: () => void;
  onOpen: (panel: PanelName) => void;
  onPublish: () => void;
  onCall: () => void;
  more: ReactNode;
}

function ToolbarView(props: ToolbarProps) {
  const { t } = useTranslation();
  const errors = props.problems.filter((problem) => problem.severity === "error").length;
  const warnings = props.problems.length - errors;
  return (
    <Group gap="xs" px="md" py={8} wrap="wrap" role="toolbar" aria-label={t("editor.toolbar")}>
      <Text component="h1" fw={620} size="md" truncate maw={260} className={classes.name}>
        {props.name}
      </Text>
      <Text size="xs" c="dimmed" aria-live="polite">
        {props.saved}
      </Text>
      <div className={classes.space} />
      {props.isReadOnly ? null : (
        <Group gap={2} wrap="nowrap" className={classes.tools}>
          <Tool
            icon={Undo2}
            label={t("editor.undo")}
            isOff={!props.canUndo}
            onClick={props.onUndo}
          />
          <Tool
            icon={Redo2}
            label={t("editor.redo")}
            isOff={!props.canRedo}
            onClick={props.onRedo}
          />
          <Tool icon={LayoutGrid} label={t("editor.arrange")} onClick={props.onArrange} />
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<Plus size={15} aria-hidden />}
            onClick={props.onAdd}
            aria-label={t("editor.addNode")}
          >
            <span className={classes.word}>{t("editor.addNode")}</span>
          </Button>
        </Group>
      )}
      <Divider orientation="vertical" className={classes.rule} />
      {props.problems.length > 0 ? (
        <Button
          size="compact-sm"
          variant="subtle"
          color={errors ? "red.8" : "yellow.9"}
          onClick={() => props.onOpen("problems")}
        >
          {errors
            ? t("editor.errors", { count: errors })
            : t("editor.warnings", { count: warnings })}
        </Button>
      ) : (
        <Badge variant="light" radius="sm" tt="none" className={classes.fine}>
          {t("editor.noProblems")}
        </Badge>
      )}
      <Tool icon={FlaskConical} label={t("editor.tests")} onClick={() => props.onOpen("tests")} />
      <Tool icon={History} label={t("editor.versions")} onClick={() => props.onOpen("versions")} />
      {props.more}
      {props.isReadOnly ? null : (
        <Group gap="xs" wrap="nowrap" className={classes.actions}>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<Phone size={14} aria-hidden />}
            onClick={props.onCall}
          >
            {t("dialer.call")}
          </Button>
          <Button size="compact-sm" disabled={errors > 0} onClick={props.onPublish}>
            {t("editor.publish")}
          </Button>
        </Group>
      )}
    </Group>
  );
}

/** Is not drawn anew for what is typed beside it. */
export const Toolbar = memo(ToolbarView);

interface ToolProps {
  icon: LucideIcon;
  label: string;
  isOff?: boolean;
  onClick: () => void;
}

export function Tool({ icon: Icon, label, isOff = false, onClick }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        disabled={isOff}
        onClick={onClick}
        aria-label={label}
      >
        <Icon size={17} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
