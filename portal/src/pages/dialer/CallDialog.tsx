import { CloseButton, Dialog, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./CallDialog.module.css";
import { Dialer, type DialerProps } from "./Dialer";
import { useHeldFocus } from "./useHeldFocus";

interface CallDialogProps extends DialerProps {
  opened: boolean;
  onClose: () => void;
}

/** Stands in a corner, so that the page can be read while one talks. Closing it hangs up. */
export function CallDialog({ opened, onClose, ...props }: CallDialogProps) {
  const { t } = useTranslation();
  return (
    <Dialog
      opened={opened}
      role="dialog"
      aria-label={t("dialer.title")}
      size={340}
      radius="md"
      shadow="xl"
      withBorder
      transitionProps={{ duration: 0 }}
    >
      {opened ? <Held onClose={onClose} {...props} /> : null}
    </Dialog>
  );
}

function Held({ onClose, ...props }: Omit<CallDialogProps, "opened">) {
  const { t } = useTranslation();
  const held = useHeldFocus<HTMLDivElement>();
  return (
    <div ref={held} tabIndex={-1} className={classes.held}>
      <Group justify="space-between" mb="sm">
        <Text component="h2" fw={620} size="sm">
          {t("dialer.title")}
        </Text>
        <CloseButton size="sm" aria-label={t("common.close")} onClick={onClose} />
      </Group>
      <Dialer {...props} />
    </div>
  );
}
