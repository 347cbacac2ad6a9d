import { Anchor, Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Tags, Upload } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type TariffVersion, tariffsQuery } from "@/api/tariffs";
import { useFormats } from "@/format";
import { type Column, DataTable, EmptyState, Loaded, Page, StatusDot } from "@/ui";
import { statesOf, type TariffState } from "./inForce";
import { LoadTariffModal } from "./LoadTariffModal";

const TONES = { current: "good", coming: "waiting", past: "off" } as const;

interface Row extends TariffVersion {
  state: TariffState;
}

/** Every version of every price list, and which counts now. */
export function TariffsPage() {
  const { t } = useTranslation();
  const format = useFormats();
  const query = useQuery(tariffsQuery);
  const [isLoading, setLoading] = useState(false);
  const load = (
    <Button leftSection={<Upload size={16} aria-hidden />} onClick={() => setLoading(true)}>
      {t("tariffs.load")}
    </Button>
  );
  const columns: Column<Row>[] = [
    {
      key: "name",
      title: t("tariffs.name"),
      cell: ({ name, version }) => (
        <Anchor component={Link} to={`/operator/tariffs/${name}/${version}`} size="sm" fw={560}>
          {t("tariffs.title", { name, version })}
        </Anchor>
      ),
    },
    { key: "currency", title: t("tariffs.currency"), isMinor: true, cell: (each) => each.currency },
    {
      key: "state",
      title: t("common.status"),
      cell: ({ state }) => <StatusDot tone={TONES[state]} text={t(`tariffs.state.${state}`)} />,
    },
    {
      key: "from",
      title: `${t("tariffs.from")} (${t("common.utc")})`,
      cell: ({ effective_at }) =>
        // The one that ships has always been in force.
        Date.parse(effective_at) === 0
          ? t("tariffs.always")
          : `${format.day(effective_at)} ${format.time(effective_at)}`,
    },
    {
      key: "prefixes",
      title: t("tariffs.prefixes"),
      isNumeric: true,
      isMinor: true,
      cell: ({ prefixes }) => format.count(prefixes),
    },
  ];
  return (
    <Page title={t("shell.pages.tariffs")} description={t("tariffs.hint")} actions={load}>
      <Loaded
        query={query}
        isEmpty={(versions) => versions.length === 0}
        empty={<EmptyState icon={Tags} text={t("tariffs.empty")} action={load} />}
      >
        {(versions) => {
          const states = statesOf(versions);
          return (
            <DataTable
              label={t("shell.pages.tariffs")}
              columns={columns}
              rows={versions.map((each, index) => ({ ...each, state: states[index] ?? "past" }))}
              rowKey={(each) => `${each.name} ${each.version}`}
            />
          );
        }}
      </Loaded>
      <LoadTariffModal opened={isLoading} onClose={() => setLoading(false)} />
    </Page>
  );
}
