import { MultiSelect, TagsInput } from "@mantine/core";
import type { Json } from "@/behavior/document";
import { useSchemaText } from "@/i18n/schemaTexts";
import type { FieldProps } from "./Field";
import { useField } from "./useField";

const asTexts = (value: Json | undefined): string[] =>
  Array.isArray(value) ? value.map(String) : typeof value === "string" && value ? [value] : [];

/** One text or several: numbers to dial, weekdays, values to compare with. */
export function TextsField(props: FieldProps) {
  const { common, set } = useField(props);
  const translate = useSchemaText();
  const items = props.schema.anyOf?.find((each) => each.type === "array")?.items;
  const change = (texts: string[]) => set(texts.length > 0 || props.isRequired ? texts : undefined);
  const value = asTexts(props.value);
  if (items?.enum) {
    const data = items.enum.map((each) => ({ value: each, label: translate(each) }));
    return <MultiSelect {...common} data={data} value={value} onChange={change} />;
  }
  return <TagsInput {...common} value={value} onChange={change} acceptValueOnBlur />;
}
