import { Fieldset, SegmentedControl, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Json } from "@/behavior/document";
import type { Schema } from "@/behavior/schema";
import { useSchemaText } from "@/i18n/schemaTexts";
import type { FieldProps } from "./Field";
import { GroupFields } from "./FieldGroup";
import { useField } from "./useField";

const NONE = "none";

/** The alternative that a value is: the one that knows most of its fields. */
function chosenOf(alternatives: Schema[], value: Json | undefined): number {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return -1;
  const known = alternatives.map(
    ({ properties = {} }) => Object.keys(value).filter((name) => name in properties).length,
  );
  return known.indexOf(Math.max(...known));
}

function emptyOf(schema: Schema): Json {
  const [first = "Text"] = schema.required ?? Object.keys(schema.properties ?? {});
  return { [first]: "" };
}

/** One of several objects, or none: an Intro is spoken, or played from a file. */
export function AlternativesField(props: FieldProps) {
  const { t } = useTranslation();
  const translate = useSchemaText();
  const { common, set } = useField(props);
  const alternatives = props.schema.anyOf ?? [];
  const chosen = chosenOf(alternatives, props.value);
  const schema = alternatives[chosen];
  const data = [
    ...(props.isRequired ? [] : [{ value: NONE, label: t("common.none") }]),
    ...alternatives.map((each, index) => ({
      value: String(index),
      label: translate(each.title ?? String(index)),
    })),
  ];
  const change = (name: string) => {
    const next = alternatives[Number(name)];
    set(name === NONE || !next ? undefined : emptyOf(next));
  };
  return (
    <Fieldset legend={common.label} p="sm">
      <Stack gap="sm">
        <SegmentedControl
          fullWidth
          size="xs"
          disabled={common.disabled}
          aria-label={common.label}
          data={data}
          value={chosen < 0 ? NONE : String(chosen)}
          onChange={change}
        />
        {common.error ? (
          <Text size="xs" c="var(--mantine-color-error)">
            {common.error}
          </Text>
        ) : null}
        {schema ? <GroupFields schema={schema} path={props.path} value={props.value} /> : null}
      </Stack>
    </Fieldset>
  );
}
