import { Fieldset, Stack } from "@mantine/core";
import type { Json } from "@/behavior/document";
import { useSchemaText } from "@/i18n/schemaTexts";
import { Field, type FieldProps } from "./Field";

const fieldsOf = (value: Json | undefined) =>
  typeof value === "object" && value && !Array.isArray(value) ? value : {};

/** The fields of an object, one under another. */
export function FieldGroup(props: FieldProps) {
  const translate = useSchemaText();
  return (
    <Fieldset legend={translate(props.schema.title ?? props.name)} p="sm">
      <GroupFields {...props} />
    </Fieldset>
  );
}

export function GroupFields({
  schema,
  path,
  value,
}: Pick<FieldProps, "schema" | "path" | "value">) {
  const fields = fieldsOf(value);
  return (
    <Stack gap="sm">
      {Object.entries(schema.properties ?? {}).map(([name, field]) => (
        <Field
          key={name}
          name={name}
          schema={field}
          path={[...path, name]}
          value={fields[name]}
          isRequired={schema.required?.includes(name) ?? false}
        />
      ))}
    </Stack>
  );
}
