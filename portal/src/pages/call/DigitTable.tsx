import { useTranslation } from "react-i18next";
import type { CallDetails } from "@/api/calls";
import { useFormats } from "@/format";
import { type Column, DataTable, Section, StatusDot } from "@/ui";

type Digits = CallDetails["digits"][number];

export function DigitTable({ digits }: { digits: Digits[] }) {
  const { t } = useTranslation();
  const format = useFormats();
  if (digits.length === 0) return null;
  const columns: Column<Digits>[] = [
    { key: "at", title: `${t("call.at")} (UTC)`, cell: (each) => format.time(each.created_at) },
    { key: "node", title: t("call.node"), cell: (each) => `${each.node} · ${each.action_type}` },
    { key: "digits", title: t("call.digits"), cell: (each) => <kbd>{each.digits || "–"}</kbd> },
    { key: "as", title: t("call.keptAs"), isMinor: true, cell: (each) => each.storage_key ?? "–" },
    {
      key: "success",
      title: t("call.success"),
      cell: (each) => (
        <StatusDot
          tone={each.is_success ? "good" : "bad"}
          text={t(each.is_success ? "common.yes" : "common.no")}
        />
      ),
    },
  ];
  return (
    <Section title={t("call.digits")}>
      <DataTable
        label={t("call.digits")}
        columns={columns}
        rows={digits}
        rowKey={(each) => each.created_at + each.node}
      />
    </Section>
  );
}
