import { SegmentedControl } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Send } from "lucide-react";
import { useTranslation } from "react-i18next";
import { type Delivery, type DeliveryStatus, deliveriesQuery } from "@/api/webhooks";
import {
  Ago,
  type Column,
  DataTable,
  EmptyState,
  Loaded,
  MoreButton,
  Section,
  StatusDot,
} from "@/ui";
import { DeliveryDrawer } from "./DeliveryDrawer";
import classes from "./Webhooks.module.css";

const STATUSES: DeliveryStatus[] = ["waiting", "delivered", "given_up"];
export const TONES = { waiting: "waiting", delivered: "good", given_up: "bad" } as const;

/** What was told to whom, newest first; each opens with its attempts. */
export function DeliverySection() {
  const { t } = useTranslation();
  const { status, delivery } = useSearch({ from: "/shell/developers/webhooks" });
  const navigate = useNavigate({ from: "/developers/webhooks" });
  const query = useInfiniteQuery(deliveriesQuery(status));
  const open = (id: string | undefined) =>
    navigate({ search: (before) => ({ ...before, delivery: id }), resetScroll: false });
  const filter = (value: string) =>
    navigate({
      search: { status: STATUSES.find((known) => known === value) },
      replace: true,
      resetScroll: false,
    });
  const columns: Column<Delivery>[] = [
    {
      key: "event",
      title: t("webhooks.event"),
      cell: ({ id, topic }) => (
        <button type="button" className={classes.event} onClick={() => open(id)}>
          {topic}
        </button>
      ),
    },
    {
      key: "url",
      title: t("webhooks.address"),
      isMinor: true,
      cell: ({ method, url }) => (
        <span className={classes.url}>
          <span className={classes.method}>{method}</span> {url}
        </span>
      ),
    },
    {
      key: "status",
      title: t("common.status"),
      cell: (each) => (
        <StatusDot tone={TONES[each.status]} text={t(`webhooks.status.${each.status}`)} />
      ),
    },
    {
      key: "created",
      title: t("webhooks.created"),
      cell: (each) => <Ago moment={each.created_at} />,
    },
  ];
  return (
    <Section
      title={t("webhooks.deliveries")}
      hint={t("webhooks.deliveriesHint")}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t("common.status")}
          value={status ?? ""}
          onChange={filter}
          data={[
            { value: "", label: t("webhooks.all") },
            ...STATUSES.map((value) => ({ value, label: t(`webhooks.status.${value}`) })),
          ]}
        />
      }
    >
      <Loaded
        query={query}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={
          <EmptyState
            icon={Send}
            text={t(status ? "webhooks.noneSuch" : "webhooks.noDeliveries")}
          />
        }
      >
        {({ pages }) => (
          <DataTable
            label={t("webhooks.deliveries")}
            columns={columns}
            rows={pages.flatMap((page) => page.items)}
            rowKey={(each) => each.id}
          />
        )}
      </Loaded>
      <MoreButton query={query} />
      <DeliveryDrawer id={delivery} onClose={() => open(undefined)} />
    </Section>
  );
}
