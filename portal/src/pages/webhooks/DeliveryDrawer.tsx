import { Anchor, Button, Drawer, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { RotateCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useSession } from "@/api/session";
import { type DeliveryDetails, deliveryQuery, redeliver } from "@/api/webhooks";
import { useFormats } from "@/format";
import {
  Ago,
  type Column,
  CopyButton,
  DataTable,
  ErrorState,
  Loaded,
  Section,
  StatusDot,
} from "@/ui";
import { TONES } from "./DeliverySection";
import classes from "./Webhooks.module.css";

interface DeliveryDrawerProps {
  id: string | undefined;
  onClose: () => void;
}

export function DeliveryDrawer({ id, onClose }: DeliveryDrawerProps) {
  const { t } = useTranslation();
  return (
    <Drawer
      opened={id !== undefined}
      onClose={onClose}
      position="right"
      size="lg"
      title={t("webhooks.delivery")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {id ? <DeliveryInFull id={id} /> : null}
    </Drawer>
  );
}

function DeliveryInFull({ id }: { id: string }) {
  const query = useQuery(deliveryQuery(id));
  return (
    <Loaded query={query}>
      {(delivery) => (
        <Stack gap="lg">
          <Facts delivery={delivery} />
          <Attempts attempts={delivery.attempts} />
          <Again delivery={delivery} />
        </Stack>
      )}
    </Loaded>
  );
}

function Facts({ delivery }: { delivery: DeliveryDetails }) {
  const { t } = useTranslation();
  const format = useFormats();
  return (
    <dl className={classes.facts}>
      <dt>{t("webhooks.event")}</dt>
      <dd>{delivery.topic}</dd>
      <dt>{t("common.status")}</dt>
      <dd>
        <StatusDot tone={TONES[delivery.status]} text={t(`webhooks.status.${delivery.status}`)} />
      </dd>
      <dt>{t("webhooks.address")}</dt>
      <dd className={classes.url}>
        {delivery.method} {delivery.url}
      </dd>
      <dt>{t("webhooks.created")}</dt>
      <dd>{format.moment(delivery.created_at)}</dd>
      {delivery.next_attempt_at ? (
        <>
          <dt>{t("webhooks.next")}</dt>
          <dd>
            <Ago moment={delivery.next_attempt_at} />
          </dd>
        </>
      ) : null}
      {delivery.call_id ? (
        <>
          <dt>{t("webhooks.call")}</dt>
          <dd>
            <Anchor component={Link} to={`/voice/statistics/${delivery.call_id}`} size="sm">
              {t("webhooks.showCall")}
            </Anchor>
          </dd>
        </>
      ) : null}
      <dt>{t("webhooks.eventId")}</dt>
      <dd>
        <Group gap={2} wrap="nowrap">
          <span className={classes.url}>{delivery.id}</span>
          <CopyButton value={delivery.id} label={t("webhooks.copyEventId")} />
        </Group>
      </dd>
    </dl>
  );
}

type Attempt = DeliveryDetails["attempts"][number];

const isTaken = ({ status }: Attempt) => status !== null && status >= 200 && status < 300;

function Attempts({ attempts }: { attempts: Attempt[] }) {
  const { t } = useTranslation();
  const format = useFormats();
  const columns: Column<Attempt>[] = [
    {
      key: "at",
      title: `${t("webhooks.attemptAt")} (${t("common.utc")})`,
      cell: ({ at }) => `${format.day(at)} ${format.time(at)}`,
    },
    {
      key: "answer",
      title: t("webhooks.answer"),
      cell: (each) => (
        <StatusDot
          tone={isTaken(each) ? "good" : "bad"}
          text={each.status === null ? (each.error ?? "–") : `HTTP ${each.status}`}
        />
      ),
    },
    {
      key: "took",
      title: t("webhooks.took"),
      isNumeric: true,
      cell: ({ duration_s }) => t("webhooks.seconds", { seconds: format.count(duration_s) }),
    },
  ];
  return (
    <Section title={t("webhooks.attempts")}>
      {attempts.length > 0 ? (
        <DataTable
          label={t("webhooks.attempts")}
          columns={columns}
          rows={attempts}
          rowKey={({ at }) => at}
        />
      ) : (
        <Text size="sm" c="dimmed">
          {t("webhooks.noAttempts")}
        </Text>
      )}
    </Section>
  );
}

function Again({ delivery }: { delivery: DeliveryDetails }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const canChange = useSession().can("developer");
  const again = useMutation({
    mutationFn: () => redeliver(delivery.id),
    onSuccess: () => client.invalidateQueries({ queryKey: ["webhook-deliveries"] }),
  });
  if (!canChange) return null;
  return (
    <Stack gap="xs" align="flex-start">
      <Button
        variant="default"
        leftSection={<RotateCw size={16} aria-hidden />}
        loading={again.isPending}
        onClick={() => again.mutate()}
      >
        {t("webhooks.redeliver")}
      </Button>
      <Text size="xs" c="dimmed" role="status">
        {t(again.isSuccess ? "webhooks.redelivered" : "webhooks.redeliverHint")}
      </Text>
      {again.error ? <ErrorState error={again.error} /> : null}
    </Stack>
  );
}
