import { ActionIcon, Alert, Group, Stack, Text, Title } from "@mantine/core";
import { Copy, Trash2, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { BehaviorNode } from "@/behavior/document";
import { actionFields, isNodeReference, type Schema } from "@/behavior/schema";
import { useSchemaText } from "@/i18n/schemaTexts";
import { Field } from "../fields/Field";
import { iconOf } from "../icons";
import { usePanel } from "./context";
import classes from "./Panel.module.css";

interface PanelProps {
  /** As it is this moment; what the context holds may be a moment old. */
  node: BehaviorNode;
  onCopy: () => void;
  onRemove: () => void;
  onClose: () => void;
}

/** Edits the chosen node; made from its schema, so a new kind of node has a panel by itself. */
export function Panel({ node, onCopy, onRemove, onClose }: PanelProps) {
  const { t } = useTranslation();
  const translate = useSchemaText();
  const { schema, number, problems, isReadOnly } = usePanel();
  const kind = schema.$defs[node.ActionType];
  const Icon = iconOf(node.ActionType);
  const title = translate(kind?.title ?? node.ActionType);
  const general = problems.filter((problem) => problem.field === "");
  return (
    <section className={classes.panel} aria-label={t("editor.panelOf", { node: number, title })}>
      <Group gap="xs" wrap="nowrap" className={classes.header}>
        <Icon size={18} aria-hidden />
        <Title order={2} size="h5" flex={1}>
          {title}
        </Title>
        <Text size="xs" c="dimmed" className="tabular">
          {t("editor.node", { node: number })}
        </Text>
        {isReadOnly ? null : (
          <>
            <ActionIcon
              variant="subtle"
              color="gray"
              onClick={onCopy}
              aria-label={t("editor.copyNode")}
            >
              <Copy size={15} aria-hidden />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              disabled={number === "0"}
              onClick={onRemove}
              aria-label={t("editor.removeNode")}
            >
              <Trash2 size={15} aria-hidden />
            </ActionIcon>
          </>
        )}
        <ActionIcon variant="subtle" color="gray" onClick={onClose} aria-label={t("common.close")}>
          <X size={16} aria-hidden />
        </ActionIcon>
      </Group>
      <Stack gap="md" className={classes.body} key={number}>
        <Text size="sm" c="dimmed">
          {translate(kind?.description)}
        </Text>
        {general.map((problem) => (
          <Alert
            key={problem.message}
            color={problem.severity === "error" ? "red" : "yellow"}
            p="xs"
          >
            {problem.message}
          </Alert>
        ))}
        <PanelFields node={node} />
      </Stack>
    </section>
  );
}

/** What the node does first; where it leads below, under a heading of its own. */
function PanelFields({ node }: Pick<PanelProps, "node">) {
  const { t } = useTranslation();
  const { schema } = usePanel();
  const kind = schema.$defs[node.ActionType];
  const fields = actionFields(schema, node.ActionType);
  const values = node.ChannelBehaviorAction ?? {};
  const named = Object.entries(fields?.properties ?? {});
  const draw = ([name, field]: [string, Schema]) => (
    <Field
      key={name}
      name={name}
      schema={field}
      path={["ChannelBehaviorAction", name]}
      value={values[name]}
      isRequired={fields?.required?.includes(name) ?? false}
    />
  );
  const next = kind?.properties?.NextNode;
  const ways = named.filter(([, field]) => isNodeReference(field));
  return (
    <>
      {named.filter(([, field]) => !isNodeReference(field)).map(draw)}
      {kind?.["x-ends-call"] ? null : (
        <>
          <Title order={3} size="h6" mt="xs">
            {t("editor.whereItLeads")}
          </Title>
          {next ? (
            <Field
              name="NextNode"
              schema={next}
              path={["NextNode"]}
              value={node.NextNode}
              isRequired={false}
            />
          ) : null}
          {ways.map(draw)}
        </>
      )}
    </>
  );
}
