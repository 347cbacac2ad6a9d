import { Alert, Button, Text } from "@mantine/core";
import { CircleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { ErrorState } from "@/ui";
import { Trouble } from "./trouble";

/** In words what went wrong, and what to do. */
export function TroubleState({ trouble, onRetry }: { trouble: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  if (!(trouble instanceof Trouble)) return <ErrorState error={trouble} />;
  return (
    <Alert
      role="alert"
      color="red"
      variant="light"
      icon={<CircleAlert size={18} aria-hidden />}
      title={t(`dialer.trouble.${trouble.kind}`)}
      styles={{ title: { color: "var(--mantine-color-text)" } }}
    >
      <Text size="sm">{t(`dialer.advice.${trouble.kind}`)}</Text>
      {onRetry ? (
        <Button mt="sm" size="xs" variant="default" onClick={onRetry}>
          {t("common.retry")}
        </Button>
      ) : null}
    </Alert>
  );
}
