import { useCallback } from "react";
import { useTranslation } from "react-i18next";

/** The texts of the behavior schema come in English; other languages have them by that text. */
export function useSchemaText(): (text: string | undefined) => string {
  const { i18n } = useTranslation();
  const { language } = i18n;
  return useCallback(
    (text = "") => {
      const texts: Record<string, string> | undefined = i18n.getResourceBundle(language, "schema");
      return texts?.[text] ?? text;
    },
    [i18n, language],
  );
}
