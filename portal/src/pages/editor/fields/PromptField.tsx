import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { promptsQuery } from "@/api/prompts";
import type { FieldProps } from "./Field";
import { useField } from "./useField";

/** One of the prompts that were uploaded. */
export function PromptField(props: FieldProps) {
  const { t } = useTranslation();
  const { common, set } = useField(props);
  const prompts = useQuery(promptsQuery);
  const value = typeof props.value === "string" && props.value ? props.value : null;
  const data = (prompts.data ?? []).map((prompt) => ({
    value: prompt.prompt_id,
    label: prompt.name,
  }));
  const isKnown = value === null || data.some((each) => each.value === value);
  return (
    <Select
      {...common}
      data={isKnown ? data : [...data, { value, label: value.slice(0, 12) }]}
      value={value}
      searchable
      clearable
      nothingFoundMessage={t("editor.noPrompts")}
      onChange={(chosen) => set(chosen ?? undefined)}
    />
  );
}
