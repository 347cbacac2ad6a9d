import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Boxes, Upload } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { inventoryQuery, type StockedNumber } from "@/api/inventory";
import { formatPhone } from "@/format";
import { type Column, DataTable, EmptyState, Loaded, MoreButton, Page, StatusDot } from "@/ui";
import { ImportModal } from "./ImportModal";

const TONES = { available: "good", held: "off", quarantined: "waiting" } as const;

export function InventoryPage() {
  const { t } = useTranslation();
  const query = useInfiniteQuery(inventoryQuery);
  const [isImporting, setImporting] = useState(false);
  const load = (
    <Button leftSection={<Upload size={16} aria-hidden />} onClick={() => setImporting(true)}>
      {t("inventory.import")}
    </Button>
  );
  const columns: Column<StockedNumber>[] = [
    { key: "number", title: t("statistics.number"), cell: (each) => formatPhone(each.number) },
    {
      key: "kind",
      title: t("numbers.type"),
      isMinor: true,
      cell: (each) => [each.country, each.type, each.area].filter(Boolean).join(" · "),
    },
    { key: "trunk", title: t("inventory.trunk"), isMinor: true, cell: (each) => each.trunk ?? "–" },
    {
      key: "status",
      title: t("common.status"),
      cell: ({ status }) => (
        <StatusDot tone={TONES[status]} text={t(`inventory.status.${status}`)} />
      ),
    },
  ];
  return (
    <Page title={t("shell.pages.inventory")} description={t("inventory.hint")} actions={load}>
      <Loaded
        query={query}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={<EmptyState icon={Boxes} text={t("inventory.empty")} action={load} />}
      >
        {({ pages }) => (
          <DataTable
            label={t("shell.pages.inventory")}
            columns={columns}
            rows={pages.flatMap((page) => page.items)}
            rowKey={(each) => each.id}
          />
        )}
      </Loaded>
      <MoreButton query={query} />
      <ImportModal opened={isImporting} onClose={() => setImporting(false)} />
    </Page>
  );
}
