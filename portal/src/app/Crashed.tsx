import { Alert, Button, Text } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { CircleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/api/problem";
import { ErrorState, Page } from "@/ui";

/** What stands where a page broke, or could not be loaded. */
export function Crashed({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  if (error instanceof Problem) {
    return (
      <Page title={t("common.problem.title")}>
        <ErrorState error={error} onRetry={reset} />
      </Page>
    );
  }
  return (
    <Page title={t("common.problem.crash")}>
      <Alert color="red" variant="light" icon={<CircleAlert size={18} aria-hidden />}>
        <Text size="sm">{t("common.problem.crashDetail")}</Text>
        <Text size="xs" c="dimmed" mt="xs" ff="monospace">
          {error instanceof Error ? error.message : String(error)}
        </Text>
        <Button mt="sm" size="xs" variant="default" onClick={() => window.location.reload()}>
          {t("common.problem.reload")}
        </Button>
      </Alert>
    </Page>
  );
}
