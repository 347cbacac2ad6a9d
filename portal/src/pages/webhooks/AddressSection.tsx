import { Anchor, Button, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Webhook } from "lucide-react";
import { useTranslation } from "react-i18next";
import { type WebhookAddress, webhookAddressesQuery } from "@/api/webhooks";
import { type Column, DataTable, EmptyState, Loaded, RowsSkeleton, Section } from "@/ui";
import classes from "./Webhooks.module.css";

/** The addresses in the versions in force; each leads to where it is changed. */
export function AddressSection() {
  const { t } = useTranslation();
  const query = useQuery(webhookAddressesQuery);
  const columns: Column<WebhookAddress>[] = [
    {
      key: "url",
      title: t("webhooks.address"),
      cell: ({ method, url }) => (
        <span className={classes.url}>
          <span className={classes.method}>{method}</span> {url}
        </span>
      ),
    },
    {
      key: "purpose",
      title: t("webhooks.purpose"),
      isMinor: true,
      cell: ({ purpose }) => t(`webhooks.purposes.${purpose}`),
    },
    {
      key: "where",
      title: t("webhooks.where"),
      cell: ({ application_id, application, node }) => (
        <>
          <Anchor
            size="sm"
            aria-label={t("webhooks.edit", { name: application })}
            renderRoot={(props) => (
              <Link
                {...props}
                to="/voice/applications/$id"
                params={{ id: application_id }}
                search={node === null ? { panel: "callbacks" } : { node }}
              />
            )}
          >
            {application}
          </Anchor>
          <Text size="xs" c="dimmed">
            {node === null ? t("webhooks.wholeApplication") : t("call.nodeNumber", { node })}
          </Text>
        </>
      ),
    },
  ];
  return (
    <Section title={t("webhooks.addresses")} hint={t("webhooks.addressesHint")}>
      <Loaded
        query={query}
        skeleton={<RowsSkeleton rows={2} />}
        isEmpty={(addresses) => addresses.length === 0}
        empty={
          <EmptyState
            icon={Webhook}
            text={t("webhooks.noAddresses")}
            action={
              <Button component={Link} to="/voice/applications" variant="default">
                {t("webhooks.toApplications")}
              </Button>
            }
          />
        }
      >
        {(addresses) => (
          <DataTable
            label={t("webhooks.addresses")}
            columns={columns}
            rows={addresses}
            rowKey={(each) => `${each.application_id} ${each.node} ${each.purpose}`}
          />
        )}
      </Loaded>
    </Section>
  );
}
