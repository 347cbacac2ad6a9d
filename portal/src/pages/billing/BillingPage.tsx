import { Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ReceiptText } from "lucide-react";
import { useTranslation } from "react-i18next";
import { balanceQuery, ledgerQuery, type Movement } from "@/api/billing";
import { useSession } from "@/api/session";
import { useFormats } from "@/format";
import { isNegativeAmount } from "@/format/money";
import { en } from "@/i18n/en";
import {
  type Column,
  DataTable,
  EmptyState,
  Figures,
  Loaded,
  MoreButton,
  Page,
  Section,
} from "@/ui";
import { AlertSection } from "./AlertSection";
import { TopUpButton } from "./TopUpButton";

type Kind = keyof typeof en.billing.kinds;

const isKnown = (kind: string): kind is Kind => kind in en.billing.kinds;

export function BillingPage() {
  const { t } = useTranslation();
  const format = useFormats();
  const session = useSession();
  const balance = useQuery(balanceQuery);
  return (
    <Page
      title={t("shell.pages.billing")}
      description={t("billing.hint")}
      actions={session.can("operator") ? <TopUpButton /> : null}
    >
      <Stack gap={36}>
        <Loaded query={balance}>
          {(found) => (
            <Figures
              figures={[
                {
                  label: t("billing.balance"),
                  value: format.money(found.balance, found.currency),
                },
                { label: t("billing.credit"), value: format.money(found.credit, found.currency) },
              ]}
            />
          )}
        </Loaded>
        {session.can("operator") ? null : (
          <Text size="sm" c="dimmed">
            {t("billing.howToTopUp")}
          </Text>
        )}
        <AlertSection currency={session.currency} />
        <Ledger currency={session.currency} />
      </Stack>
    </Page>
  );
}

function Ledger({ currency }: { currency: string }) {
  const { t } = useTranslation();
  const format = useFormats();
  const query = useInfiniteQuery(ledgerQuery);
  const columns: Column<Movement>[] = [
    {
      key: "at",
      title: `${t("audit.at")} (${t("common.utc")})`,
      cell: (each) => format.moment(each.created_at).replace(" UTC", ""),
    },
    {
      key: "kind",
      title: t("billing.kind"),
      cell: ({ kind }) => (isKnown(kind) ? t(`billing.kinds.${kind}`) : kind),
    },
    {
      key: "reference",
      title: t("billing.reference"),
      isMinor: true,
      cell: ({ kind, reference }) =>
        kind === "call" ? (
          <Link to="/voice/statistics/$id" params={{ id: reference }} style={{ color: "inherit" }}>
            {t("billing.showCall")}
          </Link>
        ) : (
          <Text size="xs" c="dimmed" ff="monospace" truncate maw={240} title={reference}>
            {reference}
          </Text>
        ),
    },
    {
      key: "amount",
      title: t("billing.amount"),
      isNumeric: true,
      cell: ({ amount }) => (
        <Text size="sm" fw={isNegativeAmount(amount) ? 400 : 600} span>
          {format.money(amount, currency)}
        </Text>
      ),
    },
    {
      key: "balance",
      title: t("billing.balance"),
      isNumeric: true,
      cell: (each) => format.money(each.balance, currency),
    },
  ];
  return (
    <Section title={t("billing.ledger")} hint={t("billing.ledgerHint")}>
      <Loaded
        query={query}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={<EmptyState icon={ReceiptText} text={t("billing.empty")} />}
      >
        {({ pages }) => (
          <DataTable
            label={t("billing.ledger")}
            columns={columns}
            rows={pages.flatMap((page) => page.items)}
            rowKey={(each) => each.id}
          />
        )}
      </Loaded>
      <MoreButton query={query} />
    </Section>
  );
}
