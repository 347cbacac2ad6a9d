import { memo } from "react";
import type { Json, Path } from "@/behavior/document";
import { isNodeReference, type Schema } from "@/behavior/schema";
import { AlternativesField } from "./AlternativesField";
import { EntriesField } from "./EntriesField";
import { FieldGroup } from "./FieldGroup";
import { ListField } from "./ListField";
import { NodeField } from "./NodeField";
import { PromptField } from "./PromptField";
import { ChoiceField, LanguageField, NumberField, SwitchField, TextField } from "./SimpleFields";
import { TemplateField } from "./TemplateField";
import { TextsField } from "./TextsField";

export interface FieldProps {
  name: string;
  schema: Schema;
  path: Path;
  value: Json | undefined;
  isRequired: boolean;
}

const isTexts = (schema: Schema) =>
  schema.anyOf?.some((each) => each.type === "array" && each.items?.type === "string") ?? false;

function componentFor(schema: Schema) {
  if (isNodeReference(schema)) return NodeField;
  if (schema["x-control"] === "template") return TemplateField;
  if (schema["x-control"] === "prompt") return PromptField;
  if (schema["x-control"] === "language") return LanguageField;
  if (schema.enum) return ChoiceField;
  if (isTexts(schema)) return TextsField;
  if (schema.anyOf) return AlternativesField;
  switch (schema.type) {
    case "boolean":
      return SwitchField;
    case "number":
    case "integer":
      return NumberField;
    case "array":
      return ListField;
    case "object":
      return schema.properties ? FieldGroup : EntriesField;
    default:
      return TextField;
  }
}

/** The control for a field, chosen by its schema alone. */
function FieldView(props: FieldProps) {
  const Control = componentFor(props.schema);
  return <Control {...props} />;
}

const isSameField = (one: FieldProps, other: FieldProps) =>
  one.value === other.value &&
  one.schema === other.schema &&
  one.name === other.name &&
  one.isRequired === other.isRequired &&
  one.path.join(".") === other.path.join(".");

/** Is drawn anew when its own value changes, not when another field's does. */
export const Field = memo(FieldView, isSameField);
