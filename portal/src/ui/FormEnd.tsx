import { Button, Group } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ErrorState } from "./ErrorState";

interface FormEndProps {
  /** What submitting does, as the button says it. */
  action: string;
  isBusy: boolean;
  /** Why it did not work the last time. */
  error: unknown;
  onCancel: () => void;
  isOff?: boolean;
}

/** Where the form in a modal ends: what went wrong, the way back, and the way on. */
export function FormEnd({ action, isBusy, error, onCancel, isOff = false }: FormEndProps) {
  const { t } = useTranslation();
  return (
    <>
      {error ? <ErrorState error={error} /> : null}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onCancel}>
          {t("common.cancel")}
        </Button>
        <Button type="submit" loading={isBusy} disabled={isOff}>
          {action}
        </Button>
      </Group>
    </>
  );
}
