import { Group, SegmentedControl, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { SearchX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { type Rate, ratesQuery, type Service } from "@/api/tariffs";
import { useFormats } from "@/format";
import { type Column, DataTable, EmptyState, Loaded, MoreButton, Section } from "@/ui";

const SERVICES: Service[] = ["dial", "call"];
const TYPED_MS = 300;

interface RateSectionProps {
  name: string;
  version: number;
  currency: string;
}

/** A deck of prices by prefix, looked up as one types. */
export function RateSection({ name, version, currency }: RateSectionProps) {
  const { t } = useTranslation();
  const format = useFormats();
  const from = "/shell/operator/tariffs/$name/$version";
  const { service = "dial", prefix = "" } = useSearch({ from });
  const navigate = useNavigate({ from: "/operator/tariffs/$name/$version" });
  const query = useInfiniteQuery(ratesQuery(name, version, service, prefix));
  const change = (changed: { service?: Service; prefix?: string }) =>
    navigate({
      search: (before) => ({ ...before, ...changed }),
      replace: true,
      resetScroll: false,
    });
  const typed = useDebouncedCallback(
    (text: string) => change({ prefix: text.replace(/\D/g, "") || undefined }),
    TYPED_MS,
  );
  const columns: Column<Rate>[] = [
    {
      key: "prefix",
      title: t("tariffs.prefix"),
      cell: (each) =>
        each.prefix === "default" || each.prefix === "sip"
          ? t(`tariffs.special.${each.prefix}`)
          : each.prefix,
    },
    {
      key: "caller",
      title: t("tariffs.callerPrefix"),
      isMinor: true,
      cell: (each) => each.caller_prefix ?? t("tariffs.anyCaller"),
    },
    {
      key: "connection",
      title: t("tariffs.connection"),
      isNumeric: true,
      cell: (each) => format.money(each.connection_fee, currency),
    },
    {
      key: "minute",
      title: t("tariffs.perMinute"),
      isNumeric: true,
      cell: (each) => format.money(each.per_minute, currency),
    },
    {
      key: "increments",
      title: t("tariffs.increments"),
      isNumeric: true,
      isMinor: true,
      cell: ({ increments }) => t("tariffs.incrementsOf", { increments }),
    },
  ];
  return (
    <Section title={t("tariffs.deck")}>
      <Group gap="xs">
        <SegmentedControl
          size="xs"
          aria-label={t("tariffs.service")}
          value={service}
          onChange={(value) => change({ service: value as Service, prefix })}
          data={SERVICES.map((value) => ({ value, label: t(`tariffs.services.${value}`) }))}
        />
        <TextInput
          aria-label={t("tariffs.prefix")}
          placeholder={t("tariffs.prefixExample")}
          inputMode="numeric"
          defaultValue={prefix}
          onChange={({ currentTarget }) => typed(currentTarget.value)}
        />
      </Group>
      <Loaded
        query={query}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={<EmptyState icon={SearchX} text={t("tariffs.noRates")} />}
      >
        {({ pages }) => (
          <DataTable
            label={t("tariffs.deck")}
            columns={columns}
            rows={pages.flatMap((page) => page.items)}
            rowKey={(each) => `${each.prefix} ${each.caller_prefix}`}
          />
        )}
      </Loaded>
      <MoreButton query={query} />
    </Section>
  );
}
