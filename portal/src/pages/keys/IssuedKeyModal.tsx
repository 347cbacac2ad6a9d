import { Alert, Button, CopyButton, Group, Modal, Stack, Text } from "@mantine/core";
import { Check, Copy } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { IssuedKey } from "@/api/keys";
import { useSession } from "@/api/session";
import { dayOf } from "@/format/moments";
import { CodeLine } from "@/ui";

interface IssuedKeyModalProps {
  issued: IssuedKey | null;
  onClose: () => void;
}

/** A new key, this once, and the request that proves that it works. */
export function IssuedKeyModal({ issued, onClose }: IssuedKeyModalProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={issued !== null}
      onClose={onClose}
      closeOnClickOutside={false}
      size="lg"
      title={t("keys.issuedTitle", { name: issued?.name })}
    >
      {issued ? <Issued issued={issued} onClose={onClose} /> : null}
    </Modal>
  );
}

function Issued({ issued, onClose }: { issued: IssuedKey; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Stack>
      <Alert color="yellow" variant="light" c="var(--mantine-color-text)">
        {t("keys.onceOnly")}
      </Alert>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <div style={{ flex: 1, minWidth: 0 }}>
          <CodeLine text={issued.api_key} label={t("keys.copyKey")} />
        </div>
        <CopyButton value={issued.api_key}>
          {({ copied, copy }) => (
            <Button
              data-autofocus
              onClick={copy}
              leftSection={
                copied ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />
              }
            >
              {t(copied ? "common.copied" : "keys.copyKey")}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Text size="sm">{t("keys.tryIt")}</Text>
      <CodeLine text={useCurl(issued.api_key)} label={t("keys.copyCurl")} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t("keys.kept")}
        </Button>
      </Group>
    </Stack>
  );
}

/** The statistics of this month of one of the customer's numbers, as a line for a shell. */
function useCurl(apiKey: string): string {
  const session = useSession();
  const today = new Date();
  const first = `${dayOf(today).slice(0, 8)}01`;
  const url = `${window.location.origin}/api/inbound/voice/NUMBER/${first}/${dayOf(today)}`;
  return [
    "curl",
    `-H 'CustomerCode: ${session.customer_code}'`,
    `-H 'ApiKey: ${apiKey}'`,
    `'${url}'`,
  ].join(" \\\n  ");
}
