import { useTranslation } from "react-i18next";
import type { CallDetails } from "@/api/calls";
import { formatDuration, formatPhone, useFormats } from "@/format";
import { type Column, DataTable, Section, StatusDot } from "@/ui";
import classes from "./DialTable.module.css";
import { statusWord } from "./happenings";

type Dial = CallDetails["dials"][number];

export function DialTable({ dials, currency }: { dials: Dial[]; currency: string }) {
  const { t } = useTranslation();
  const format = useFormats();
  if (dials.length === 0) return null;
  const columns: Column<Dial>[] = [
    {
      key: "at",
      title: `${t("call.at")} (UTC)`,
      isMinor: true,
      cell: (leg) => format.time(leg.created_at),
    },
    {
      key: "whom",
      title: t("call.whom"),
      cell: (leg) => <span className={classes.whom}>{formatPhone(leg.telephone_number)}</span>,
    },
    {
      key: "status",
      title: t("common.status"),
      cell: (leg) => (
        <StatusDot
          tone={leg.status === "Answered" ? "good" : "off"}
          text={statusWord(t, leg.status) + (leg.sip_code ? ` (${leg.sip_code})` : "")}
        />
      ),
    },
    {
      key: "duration",
      title: t("statistics.duration"),
      isNumeric: true,
      cell: (leg) => (leg.answered_at ? formatDuration(leg.duration_s) : "–"),
    },
    {
      key: "price",
      title: t("statistics.price"),
      isNumeric: true,
      cell: (leg) => format.money(leg.price, currency),
    },
  ];
  return (
    <Section title={t("call.dials")}>
      <DataTable label={t("call.dials")} columns={columns} rows={dials} rowKey={(leg) => leg.id} />
    </Section>
  );
}
