import { ActionIcon, Group, Select } from "@mantine/core";
import { CornerDownRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { nodesOf } from "@/behavior/document";
import { says } from "@/behavior/says";
import { useSchemaText } from "@/i18n/schemaTexts";
import { usePanel } from "../panel/context";
import type { FieldProps } from "./Field";
import { useField } from "./useField";

const MAX_WORDS = 40;

/** Where the flow goes: one of the other nodes, or nowhere. */
export function NodeField(props: FieldProps) {
  const { t } = useTranslation();
  const translate = useSchemaText();
  const { common, set } = useField(props);
  const { behavior, schema, onSelect } = usePanel();
  const value = props.value === undefined || props.value === null ? null : String(props.value);
  const data = nodesOf(behavior).map(([number, node]) => {
    const title = translate(schema.$defs[node.ActionType]?.title ?? node.ActionType);
    return { value: number, label: `${number} · ${title} ${says(node)}`.slice(0, MAX_WORDS) };
  });
  if (value !== null && !(value in behavior.ChannelBehaviorNodes)) {
    data.push({ value, label: value });
  }
  return (
    <Group gap={6} align="flex-end" wrap="nowrap">
      <Select
        {...common}
        flex={1}
        data={data}
        value={value}
        searchable
        clearable
        placeholder={t("editor.hangsUp")}
        onChange={(chosen) => set(chosen === null ? undefined : Number(chosen))}
      />
      <ActionIcon
        variant="default"
        size={36}
        disabled={value === null}
        aria-label={t("editor.goToNode", { node: value ?? "" })}
        onClick={() => value !== null && onSelect(value)}
      >
        <CornerDownRight size={15} aria-hidden />
      </ActionIcon>
    </Group>
  );
}
