import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ErrorState } from "./ErrorState";

interface ConfirmModalProps {
  opened: boolean;
  onClose: () => void;
  /** Names the object: "Revoke the key “build server”?" */
  title: string;
  children: ReactNode;
  action: string;
  onConfirm: () => void;
  isBusy: boolean;
  error?: unknown;
}

/** Asks before something that cannot be undone. */
export function ConfirmModal(props: ConfirmModalProps) {
  const { t } = useTranslation();
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title}>
      <Stack>
        <Text size="sm" component="div">
          {props.children}
        </Text>
        {props.error ? <ErrorState error={props.error} /> : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={props.onClose} data-autofocus>
            {t("common.cancel")}
          </Button>
          <Button color="red.8" onClick={props.onConfirm} loading={props.isBusy}>
            {props.action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
