import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type TariffDetails, tariffQuery } from "@/api/tariffs";
import { useFormats } from "@/format";
import { type Column, DataTable, Figures, Loaded, Page, Section } from "@/ui";
import { typeName } from "../numbers/types";
import { RateSection } from "./RateSection";

type TypeRates = TariffDetails["types"][number];

/** A version of a price list: what numbers cost, what else is charged, and its decks. */
export function TariffPage() {
  const { t } = useTranslation();
  const params = useParams({ from: "/shell/operator/tariffs/$name/$version" });
  const version = Number(params.version);
  const query = useQuery(tariffQuery(params.name, version));
  return (
    <Page
      title={t("tariffs.title", { name: params.name, version })}
      description={query.data?.currency}
    >
      <Loaded query={query}>
        {(tariff) => (
          <Stack gap={36}>
            <TypeSection tariff={tariff} />
            <Extras tariff={tariff} />
            <RateSection name={tariff.name} version={tariff.version} currency={tariff.currency} />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function TypeSection({ tariff }: { tariff: TariffDetails }) {
  const { t } = useTranslation();
  const format = useFormats();
  const money = (amount: string) => format.money(amount, tariff.currency);
  const columns: Column<TypeRates>[] = [
    {
      key: "type",
      title: t("tariffs.type"),
      cell: ({ type }) => (type === "default" ? t("tariffs.special.default") : typeName(t, type)),
    },
    {
      key: "connection",
      title: t("tariffs.connection"),
      isNumeric: true,
      isMinor: true,
      cell: (each) => money(each.connection_fee),
    },
    {
      key: "minute",
      title: t("tariffs.perMinute"),
      isNumeric: true,
      cell: (each) => money(each.per_minute),
    },
    {
      key: "increments",
      title: t("tariffs.increments"),
      isNumeric: true,
      isMinor: true,
      cell: ({ increments }) => t("tariffs.incrementsOf", { increments }),
    },
    {
      key: "setUp",
      title: t("tariffs.setUp"),
      isNumeric: true,
      cell: (each) => money(each.set_up_fee),
    },
    {
      key: "monthly",
      title: t("tariffs.monthly"),
      isNumeric: true,
      cell: (each) => money(each.monthly_fee),
    },
  ];
  return (
    <Section title={t("tariffs.numbers")}>
      <DataTable
        label={t("tariffs.numbers")}
        columns={columns}
        rows={tariff.types}
        rowKey={({ type }) => type}
      />
    </Section>
  );
}

function Extras({ tariff }: { tariff: TariffDetails }) {
  const { t } = useTranslation();
  const format = useFormats();
  const money = (amount: string) => format.money(amount, tariff.currency);
  return (
    <Section title={t("tariffs.extras")}>
      <Figures
        figures={[
          { label: t("tariffs.recording"), value: money(tariff.recording_per_minute) },
          { label: t("tariffs.storage"), value: money(tariff.storage_per_minute_month) },
          { label: t("tariffs.transcription"), value: money(tariff.transcription_per_minute) },
        ]}
      />
    </Section>
  );
}
