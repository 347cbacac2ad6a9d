import { Skeleton, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Aggregates } from "@/api/calls";
import { useFormats } from "@/format";
import classes from "./Totals.module.css";

/** The period in four numbers, for each currency. */
export function Totals({ sums }: { sums: Aggregates | undefined }) {
  const { t } = useTranslation();
  const format = useFormats();
  if (!sums) return <Skeleton height={62} mb="md" />;
  const none = { currency: "", calls: 0, answered: 0, minutes: "0", price: "0" };
  const totals = sums.totals.length > 0 ? sums.totals : [none];
  return totals.map((total) => (
    <dl key={total.currency} className={classes.totals}>
      <Figure label={t("statistics.calls")} value={format.count(total.calls)} />
      <Figure
        label={t("statistics.answeredYes")}
        value={total.calls ? `${Math.round((100 * total.answered) / total.calls)} %` : "–"}
      />
      <Figure
        label={t("statistics.minutes")}
        value={format.count(Math.round(Number(total.minutes)))}
      />
      <Figure
        label={t("statistics.price")}
        value={total.currency ? format.money(total.price, total.currency) : "–"}
      />
    </dl>
  ));
}

export function Figure({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <Text component="dt" size="xs" c="dimmed">
        {label}
      </Text>
      <Text component="dd" m={0} className={classes.value}>
        {value}
      </Text>
    </div>
  );
}
