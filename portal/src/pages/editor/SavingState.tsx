import { Anchor } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Saving } from "./useSaving";

interface SavingStateProps {
  state: Saving;
  retry: () => void;
}

export function SavingState({ state, retry }: SavingStateProps) {
  const { t } = useTranslation();
  if (state !== "failed") return t(`editor.saving.${state}`);
  return (
    <Anchor component="button" size="xs" c="var(--mantine-color-error)" onClick={retry}>
      {t("editor.saving.failed")}
    </Anchor>
  );
}
