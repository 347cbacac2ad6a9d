import { Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import type { Aggregates } from "@/api/calls";
import { useFormats } from "@/format";
import classes from "./CallChart.module.css";

const HEIGHT = 180;

interface CallChartProps {
  sums: Aggregates | undefined;
  unit: "day" | "month";
}

/** Calls by day or month, answered below, the rest above; the same as a table for who cannot see it. */
export default function CallChart({ sums, unit }: CallChartProps) {
  const { t } = useTranslation();
  const format = useFormats();
  if (!sums) return <Skeleton height={HEIGHT} mb="xl" />;
  const bars = sums.periods.map((period, index) => {
    const items = sums.items.filter((item) => item.period === index);
    const calls = items.reduce((sum, item) => sum + item.calls, 0);
    const answered = items.reduce((sum, item) => sum + item.answered, 0);
    return { starts_at: period.starts_at, answered, unanswered: calls - answered };
  });
  const label = (starts_at: string) =>
    new Intl.DateTimeFormat(format.language, {
      ...(unit === "day"
        ? { day: "numeric", month: "short" }
        : { month: "short", year: "numeric" }),
      timeZone: "UTC",
    }).format(new Date(starts_at));
  return (
    <figure className={classes.chart} aria-label={t("statistics.chart")}>
      <div aria-hidden>
        <ResponsiveContainer width="100%" height={HEIGHT}>
          <BarChart data={bars} margin={{ left: -18, right: 4, top: 4 }} accessibilityLayer={false}>
            <CartesianGrid vertical={false} stroke="var(--mantine-color-default-border)" />
            <XAxis
              dataKey="starts_at"
              tickFormatter={label}
              tickLine={false}
              axisLine={false}
              minTickGap={24}
            />
            <YAxis allowDecimals={false} tickLine={false} axisLine={false} width={56} />
            <Tooltip
              cursor={{ fill: "var(--mantine-color-default-hover)" }}
              labelFormatter={(value) => label(String(value))}
              wrapperClassName={classes.tooltip}
            />
            <Bar
              dataKey="answered"
              name={t("statistics.answeredYes")}
              stackId="calls"
              fill="var(--mantine-primary-color-filled)"
              isAnimationActive={false}
              maxBarSize={28}
            />
            <Bar
              dataKey="unanswered"
              name={t("statistics.answeredNo")}
              stackId="calls"
              fill="var(--mantine-color-gray-4)"
              isAnimationActive={false}
              maxBarSize={28}
            />
          </BarChart>
        </ResponsiveContainer>
      </div>
    </figure>
  );
}
