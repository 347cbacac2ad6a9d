import { Autocomplete, NumberInput, Select, Switch, TextInput } from "@mantine/core";
import { useSchemaText } from "@/i18n/schemaTexts";
import type { FieldProps } from "./Field";
import { useField } from "./useField";

const LANGUAGES = [
  "en-GB",
  "en-US",
  "it-IT",
  "de-DE",
  "fr-FR",
  "es-ES",
  "pt-PT",
  "ro-RO",
  "nl-NL",
  "pl-PL",
];

export function TextField(props: FieldProps) {
  const { common, set } = useField(props);
  const { value, schema } = props;
  return (
    <TextInput
      {...common}
      value={typeof value === "string" ? value : ""}
      placeholder={schema.default === undefined ? undefined : String(schema.default)}
      type={schema.format === "uri" ? "url" : "text"}
      onChange={({ currentTarget }) => set(currentTarget.value || undefined)}
    />
  );
}

export function LanguageField(props: FieldProps) {
  const { common, set } = useField(props);
  const { value, schema } = props;
  return (
    <Autocomplete
      {...common}
      data={LANGUAGES}
      value={typeof value === "string" ? value : ""}
      placeholder={schema.default === undefined ? undefined : String(schema.default)}
      onChange={(text) => set(text || undefined)}
    />
  );
}

export function NumberField(props: FieldProps) {
  const { common, set } = useField(props);
  const { value, schema } = props;
  return (
    <NumberInput
      {...common}
      value={typeof value === "number" ? value : ""}
      placeholder={schema.default === undefined ? undefined : String(schema.default)}
      min={schema.minimum}
      max={schema.maximum}
      clampBehavior="none"
      allowDecimal={schema.type === "number"}
      suffix={schema["x-unit"] ? ` ${schema["x-unit"]}` : undefined}
      onChange={(number) => set(typeof number === "number" ? number : undefined)}
    />
  );
}

export function SwitchField(props: FieldProps) {
  const { common, set } = useField(props);
  const { value, schema } = props;
  const isOn = typeof value === "boolean" ? value : schema.default === true;
  return (
    <Switch
      {...common}
      required={false}
      checked={isOn}
      onChange={({ currentTarget }) => {
        const next = currentTarget.checked;
        set(next === schema.default ? undefined : next);
      }}
    />
  );
}

export function ChoiceField(props: FieldProps) {
  const { common, set } = useField(props);
  const translate = useSchemaText();
  const { value, schema } = props;
  const fallback = typeof schema.default === "string" ? schema.default : undefined;
  return (
    <Select
      {...common}
      data={(schema.enum ?? []).map((each) => ({ value: each, label: translate(each) }))}
      value={typeof value === "string" ? value : (fallback ?? null)}
      allowDeselect={false}
      onChange={(chosen) => set(chosen === fallback ? undefined : (chosen ?? undefined))}
    />
  );
}
