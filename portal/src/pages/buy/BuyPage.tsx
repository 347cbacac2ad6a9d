import { Button, Group, Select, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { PhoneOff } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { balanceQuery } from "@/api/billing";
import { type AvailableNumber, availableNumbersQuery, type NumberSearch } from "@/api/numbers";
import { useSession } from "@/api/session";
import { formatPhone, useFormats } from "@/format";
import { type Column, DataTable, EmptyState, Loaded, MoreButton, Page } from "@/ui";
import { TYPES, typeName } from "../numbers/types";
import { BuyModal } from "./BuyModal";

const COUNTRIES = ["GB", "IT", "RO", "DE", "FR", "ES", "CH", "AT", "NL", "BE", "PL", "PT", "US"];
const TYPED_MS = 300;

/** Country and kind first, results as one types, prices in the row. */
export function BuyPage() {
  const { t } = useTranslation();
  const format = useFormats();
  const wanted = useSearch({ from: "/shell/numbers/buy" });
  const navigate = useNavigate({ from: "/numbers/buy" });
  const canBuy = useSession().can("owner");
  const balance = useQuery(balanceQuery);
  const query = useInfiniteQuery(availableNumbersQuery(wanted));
  const [buying, setBuying] = useState<AvailableNumber | null>(null);
  const change = (changed: NumberSearch) =>
    navigate({ search: (before) => ({ ...before, ...changed }), replace: true });
  const typed = useDebouncedCallback(
    (pattern: string) => change({ pattern: pattern || undefined }),
    TYPED_MS,
  );
  const names = new Intl.DisplayNames(format.language, { type: "region" });
  const columns: Column<AvailableNumber>[] = [
    {
      key: "number",
      title: t("statistics.number"),
      cell: ({ number }) => (
        <Text size="sm" fw={560}>
          {formatPhone(number)}
        </Text>
      ),
    },
    {
      key: "kind",
      title: t("numbers.type"),
      isMinor: true,
      cell: ({ type, country, area }) => [typeName(t, type), area ?? names.of(country)].join(" · "),
    },
    {
      key: "setup",
      title: t("numbers.setUp"),
      isNumeric: true,
      cell: (each) => format.money(each.set_up_fee, each.currency),
    },
    {
      key: "monthly",
      title: t("numbers.monthly"),
      isNumeric: true,
      cell: (each) => format.money(each.monthly_fee, each.currency),
    },
    {
      key: "buy",
      title: "",
      width: 90,
      cell: (each) => (
        <Button
          size="compact-sm"
          disabled={!canBuy}
          onClick={() => setBuying(each)}
          aria-label={t("numbers.buyNumber", { number: formatPhone(each.number) })}
        >
          {t("numbers.buy")}
        </Button>
      ),
    },
  ];
  return (
    <Page
      title={t("shell.pages.buyNumber")}
      description={
        balance.data
          ? t("numbers.buyHint", {
              balance: format.money(balance.data.balance, balance.data.currency),
            })
          : t("numbers.buyHintPlain")
      }
    >
      <Group gap="xs" mb="lg">
        <Select
          w={{ base: "100%", xs: "auto" }}
          aria-label={t("numbers.country")}
          placeholder={t("numbers.country")}
          data={COUNTRIES.map((value) => ({ value, label: names.of(value) ?? value }))}
          value={wanted.country ?? null}
          onChange={(country) => change({ country: country ?? undefined })}
          clearable
          searchable
        />
        <Select
          w={{ base: "100%", xs: "auto" }}
          aria-label={t("numbers.type")}
          placeholder={t("numbers.type")}
          data={TYPES.map((value) => ({ value, label: typeName(t, value) }))}
          value={wanted.type ?? null}
          onChange={(type) => change({ type: type ?? undefined })}
          clearable
        />
        <TextInput
          w={{ base: "100%", xs: "auto" }}
          aria-label={t("numbers.pattern")}
          placeholder={t("numbers.patternExample")}
          defaultValue={wanted.pattern}
          onChange={({ currentTarget }) => typed(currentTarget.value)}
        />
      </Group>
      <Loaded
        query={query}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={<EmptyState icon={PhoneOff} text={t("numbers.noneAvailable")} />}
      >
        {({ pages }) => (
          <DataTable
            label={t("shell.pages.buyNumber")}
            columns={columns}
            rows={pages.flatMap((page) => page.items)}
            rowKey={(each) => each.number}
          />
        )}
      </Loaded>
      <MoreButton query={query} />
      <BuyModal number={buying} onClose={() => setBuying(null)} />
    </Page>
  );
}
