import { Anchor } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { useSaving } from "./useSaving";

export function SavingState({ saving }: { saving: ReturnType<typeof useSaving> }) {
  const { t } = useTranslation();
  if (saving.state !== "failed") return t(`editor.saving.${saving.state}`);
  return (
    <Anchor component="button" size="xs" c="var(--mantine-color-error)" onClick={saving.retry}>
      {t("editor.saving.failed")}
    </Anchor>
  );
}
