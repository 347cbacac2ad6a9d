import { Anchor, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { alertQuery, balanceQuery } from "@/api/billing";
import { aggregatesQuery } from "@/api/calls";
import { numbersQuery } from "@/api/numbers";
import { deliveriesQuery } from "@/api/webhooks";
import { formatPhone, useFormats } from "@/format";
import { dayOf } from "@/format/moments";
import { ErrorState, RowsSkeleton, Section, StatusDot } from "@/ui";
import classes from "./NeedList.module.css";
import { errorsOf, fallbacksOf, type Need, needsOf, unassigned } from "./needs";

/** What the reader should do something about; a newcomer, who has steps to take, hears only of what is wrong. */
export function NeedList({ isNew }: { isNew: boolean }) {
  const { t } = useTranslation();
  const known = useKnown();
  if (known.error) {
    return (
      <Section title={t("overview.needs")}>
        <ErrorState error={known.error} onRetry={known.refetch} />
      </Section>
    );
  }
  const needs = known.needs?.filter(({ need }) => !(isNew && need === "unassigned"));
  if (isNew && !needs?.length) return null;
  return (
    <Section title={t("overview.needs")}>
      {needs === undefined ? (
        <RowsSkeleton rows={1} height={22} />
      ) : needs.length === 0 ? (
        <Text size="sm" component="div">
          <StatusDot tone="good" text={t("overview.nothing")} />
        </Text>
      ) : (
        <ul className={classes.needs}>
          {needs.map(({ need, text }) => (
            <li key={need} className={classes.need}>
              <CircleAlert size={16} aria-hidden className={classes.icon} />
              <span className={classes.text}>{text}</span>
              <NeedLink need={need} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function useKnown() {
  const { t } = useTranslation();
  const format = useFormats();
  const today = dayOf(new Date());
  const balance = useQuery(balanceQuery);
  const alert = useQuery(alertQuery);
  const numbers = useQuery(numbersQuery);
  const givenUp = useInfiniteQuery(deliveriesQuery("given_up"));
  const sums = useQuery(aggregatesQuery({ from: today, to: today }, undefined, "end_reason"));
  const queries = [balance, alert, numbers, givenUp, sums];
  const error = queries.find((query) => query.error)?.error;
  const refetch = () => Promise.all(queries.map((query) => query.refetch()));
  if (!balance.data || !alert.data || !numbers.data || !givenUp.data || !sums.data) {
    return { error, refetch, needs: undefined };
  }
  const money = (amount: string) => format.money(amount, balance.data.currency);
  const without = unassigned(numbers.data);
  const ended = sums.data.items;
  const texts: Record<Need, string> = {
    spent: t("overview.need.spent"),
    low: t("overview.need.low", {
      balance: money(balance.data.balance),
      below: money(alert.data.below ?? "0"),
    }),
    unassigned: t("overview.need.unassigned", {
      count: without.length,
      numbers: without.map(({ number }) => formatPhone(number)).join(", "),
    }),
    errors: t("overview.need.errors", { count: errorsOf(ended) }),
    fallbacks: t("overview.need.fallbacks", { count: fallbacksOf(ended) }),
    givenUp: t("overview.need.givenUp"),
  };
  const needs = needsOf({
    balance: balance.data,
    alert: alert.data,
    numbers: numbers.data,
    givenUp: givenUp.data.pages[0]?.items ?? [],
    ended,
  });
  return { error, refetch, needs: needs.map((need) => ({ need, text: texts[need] })) };
}

function NeedLink({ need }: { need: Need }) {
  const { t } = useTranslation();
  const today = dayOf(new Date());
  const days = { from: today, to: today };
  const targets = {
    spent: { to: "/billing", search: {} },
    low: { to: "/billing", search: {} },
    unassigned: { to: "/numbers", search: {} },
    errors: { to: "/voice/statistics", search: { ...days, reason: "Error" } },
    fallbacks: { to: "/voice/statistics", search: { ...days, fallback: "yes" } },
    givenUp: { to: "/developers/webhooks", search: { status: "given_up" } },
  } as const;
  return (
    <Anchor
      size="sm"
      style={{ whiteSpace: "nowrap" }}
      renderRoot={(props) => <Link {...props} {...targets[need]} />}
    >
      {t(`overview.needAction.${need}`)}
    </Anchor>
  );
}
