import { Alert, Button, Group, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { CodeLine } from "@/ui";

/** Codes for a lost authenticator, shown this once. */
export function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const { t } = useTranslation();
  return (
    <Stack>
      <Alert color="yellow" variant="light" c="var(--mantine-color-text)">
        {t("security.codesOnce")}
      </Alert>
      <CodeLine text={codes.join("\n")} />
      <Group justify="flex-end">
        <Button onClick={onDone}>{t("security.codesKept")}</Button>
      </Group>
    </Stack>
  );
}
