import { SegmentedControl, Skeleton } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import type { Aggregates } from "@/api/calls";
import { useFormats } from "@/format";
import classes from "./CallChart.module.css";
import { barsOf, MEASURES, type Measure } from "./series";

const HEIGHT = 180;

interface CallChartProps {
  sums: Aggregates | undefined;
  unit: "day" | "month";
}

/** Calls by day or month, answered below, the rest above; or their minutes, or what they cost. */
export default function CallChart({ sums, unit }: CallChartProps) {
  const { t } = useTranslation();
  const [measure, setMeasure] = useState<Measure>("calls");
  return (
    <figure className={classes.chart} aria-label={t("statistics.chart")}>
      <SegmentedControl
        size="xs"
        mb="sm"
        aria-label={t("statistics.measure")}
        value={measure}
        onChange={(value) => setMeasure(value as Measure)}
        data={MEASURES.map((value) => ({ value, label: t(`statistics.${value}`) }))}
      />
      {sums ? (
        <Bars sums={sums} unit={unit} measure={measure} />
      ) : (
        <Skeleton height={HEIGHT} aria-busy="true" />
      )}
    </figure>
  );
}

interface BarsProps {
  sums: Aggregates;
  unit: "day" | "month";
  measure: Measure;
}

function Bars({ sums, unit, measure }: BarsProps) {
  const { t } = useTranslation();
  const format = useFormats();
  const label = (starts_at: string) =>
    new Intl.DateTimeFormat(format.language, {
      ...(unit === "day"
        ? { day: "numeric", month: "short" }
        : { month: "short", year: "numeric" }),
      timeZone: "UTC",
    }).format(new Date(starts_at));
  const common = { stackId: "all", isAnimationActive: false, maxBarSize: 28 } as const;
  const accent = "var(--mantine-primary-color-filled)";
  return (
    <div aria-hidden>
      <ResponsiveContainer width="100%" height={HEIGHT}>
        <BarChart
          data={barsOf(sums)}
          margin={{ left: -18, right: 4, top: 8 }}
          accessibilityLayer={false}
        >
          <CartesianGrid vertical={false} stroke="var(--mantine-color-default-border)" />
          <XAxis
            dataKey="starts_at"
            tickFormatter={label}
            tickLine={false}
            axisLine={false}
            minTickGap={24}
          />
          <YAxis
            allowDecimals={measure !== "calls"}
            tickFormatter={format.count}
            interval={0}
            tickLine={false}
            axisLine={false}
            width={56}
          />
          <Tooltip
            cursor={{ fill: "var(--mantine-color-default-hover)" }}
            labelFormatter={(value) => label(String(value))}
            formatter={(value) => format.count(Number(value))}
            wrapperClassName={classes.tooltip}
          />
          {measure === "calls" ? (
            <>
              <Bar
                dataKey="answered"
                name={t("statistics.answeredYes")}
                fill={accent}
                {...common}
              />
              <Bar
                dataKey="unanswered"
                name={t("statistics.answeredNo")}
                fill="var(--mantine-color-gray-4)"
                {...common}
              />
            </>
          ) : (
            <Bar dataKey={measure} name={t(`statistics.${measure}`)} fill={accent} {...common} />
          )}
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}
