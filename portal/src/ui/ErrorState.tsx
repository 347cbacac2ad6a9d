import { Alert, Button, Text } from "@mantine/core";
import { CircleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/api/problem";

interface ErrorStateProps {
  error: unknown;
  onRetry?: () => void;
}

/** What happened, what is safe and what to do: the words of the API's problem. */
export function ErrorState({ error, onRetry }: ErrorStateProps) {
  const { t } = useTranslation();
  const problem = Problem.from(error);
  return (
    <Alert
      role="alert"
      color="red"
      variant="light"
      icon={<CircleAlert size={18} aria-hidden />}
      title={problem.title}
      styles={{ title: { color: "var(--mantine-color-text)" } }}
    >
      <Text size="sm">{problem.detail}</Text>
      {onRetry ? (
        <Button mt="sm" size="xs" variant="default" onClick={onRetry}>
          {t("common.retry")}
        </Button>
      ) : null}
    </Alert>
  );
}
