import { ActionIcon, Button, Fieldset, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { JsonObject } from "@/behavior/document";
import type { Schema } from "@/behavior/schema";
import { Field, type FieldProps } from "./Field";
import { useField } from "./useField";

/** The one field of an entry that has no other: `{"1": {"NextNode": 2}}` is edited as one row. */
function onlyField(schema: Schema): [string, Schema] | null {
  const fields = Object.entries(schema.properties ?? {});
  return fields.length === 1 ? (fields[0] ?? null) : null;
}

/** Entries under names of the author's choosing: the keys of a menu, parameters of an agent. */
export function EntriesField(props: FieldProps) {
  const { t } = useTranslation();
  const { common, set } = useField(props);
  const entries = (props.value ?? {}) as JsonObject;
  const entry =
    typeof props.schema.additionalProperties === "object" ? props.schema.additionalProperties : {};
  const single = onlyField(entry);
  const add = (name: string) => set({ ...entries, [name]: single ? {} : "" });
  const remove = (name: string) => {
    const { [name]: _gone, ...left } = entries;
    set(Object.keys(left).length > 0 || props.isRequired ? left : undefined);
  };
  return (
    <Fieldset legend={common.label} p="sm">
      <Stack gap="xs">
        {common.error ? (
          <Text size="xs" c="var(--mantine-color-error)">
            {common.error}
          </Text>
        ) : null}
        {Object.entries(entries).map(([name, value]) => (
          <Group key={name} gap={6} align="flex-end" wrap="nowrap">
            <div style={{ flex: 1, minWidth: 0 }}>
              <Field
                name={name}
                schema={{ ...(single?.[1] ?? entry), title: name, description: undefined }}
                path={single ? [...props.path, name, single[0]] : [...props.path, name]}
                value={single ? ((value ?? {}) as JsonObject)[single[0]] : value}
                isRequired={false}
              />
            </div>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              disabled={common.disabled}
              onClick={() => remove(name)}
              aria-label={t("editor.removeEntry", { name })}
            >
              <X size={15} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        {common.disabled ? null : (
          <NewEntry
            names={props.schema.propertyNames?.enum}
            taken={Object.keys(entries)}
            onAdd={add}
          />
        )}
      </Stack>
    </Fieldset>
  );
}

interface NewEntryProps {
  names?: string[];
  taken: string[];
  onAdd: (name: string) => void;
}

function NewEntry({ names, taken, onAdd }: NewEntryProps) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  if (names) {
    return (
      <Select
        size="xs"
        aria-label={t("editor.addKey")}
        placeholder={t("editor.addKey")}
        leftSection={<Plus size={14} aria-hidden />}
        data={names.filter((each) => !taken.includes(each))}
        value={null}
        onChange={(chosen) => chosen && onAdd(chosen)}
      />
    );
  }
  return (
    <Group gap={6} wrap="nowrap">
      <TextInput
        size="xs"
        flex={1}
        aria-label={t("common.name")}
        placeholder={t("common.name")}
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <Button
        size="xs"
        variant="default"
        disabled={name === "" || taken.includes(name)}
        onClick={() => {
          onAdd(name);
          setName("");
        }}
      >
        {t("editor.add")}
      </Button>
    </Group>
  );
}
