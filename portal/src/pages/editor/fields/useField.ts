import { useSchemaText } from "@/i18n/schemaTexts";
import { usePanel } from "../panel/context";
import { problemsAt } from "../problems";
import type { FieldProps } from "./Field";

/** What every control shares: its label, its help, what is wrong with it, and how to change it. */
export function useField({ name, schema, path, isRequired }: FieldProps) {
  const { set, problems, isReadOnly } = usePanel();
  const translate = useSchemaText();
  const wrong = problemsAt(problems, path);
  return {
    common: {
      label: translate(schema.title ?? name),
      description: translate(schema.description) || undefined,
      error: wrong.length > 0 ? wrong.map((problem) => problem.message).join("; ") : undefined,
      required: isRequired,
      disabled: isReadOnly,
    },
    set: (value: Parameters<typeof set>[1]) => set(path, value),
  };
}
