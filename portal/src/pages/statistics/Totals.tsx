import { Skeleton, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Aggregates } from "@/api/calls";
import { useFormats } from "@/format";
import { Figures } from "@/ui";

const HEIGHT = 56;
const MANY = 10;

const roundedMinutes = (minutes: string) => {
  const exact = Number(minutes);
  return exact < MANY ? Math.round(10 * exact) / 10 : Math.round(exact);
};

/** The period in four numbers, for each currency. */
export function Totals({ sums }: { sums: Aggregates | undefined }) {
  const { t } = useTranslation();
  const format = useFormats();
  if (!sums) return <Skeleton height={HEIGHT} />;
  const none = { currency: "", calls: 0, answered: 0, minutes: "0", price: "0" };
  const totals = sums.totals.length > 0 ? sums.totals : [none];
  return (
    <Stack gap="sm">
      {totals.map(({ currency, calls, answered, minutes, price }) => (
        <Figures
          key={currency}
          figures={[
            { label: t("statistics.calls"), value: format.count(calls) },
            {
              label: t("statistics.answeredYes"),
              value: calls ? `${Math.round((100 * answered) / calls)} %` : "–",
            },
            { label: t("statistics.minutes"), value: format.count(roundedMinutes(minutes)) },
            {
              label: t("statistics.price"),
              value: currency ? format.money(price, currency) : "–",
            },
          ]}
        />
      ))}
    </Stack>
  );
}
