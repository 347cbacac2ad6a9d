import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { aggregatesQuery, type CallFilter } from "@/api/calls";
import { dayOf } from "@/format/moments";
import { ErrorState, Page, RowsSkeleton } from "@/ui";
import { Breakdown } from "./Breakdown";
import { CallList } from "./CallList";
import { ExportMenu } from "./ExportMenu";
import { Filters } from "./Filters";
import { Totals } from "./Totals";

const CallChart = lazy(() => import("./CallChart"));
const DEFAULT_DAYS = 29;
const MOST_DAYS_BY_DAY = 92;
const MOST_DAYS_BY_HOUR = 31;

const daysOf = ({ from, to }: CallFilter) =>
  (Date.parse(to ?? "") - Date.parse(from ?? "")) / 86_400_000 + 1;

export function StatisticsPage() {
  const { t } = useTranslation();
  const search = useSearch({ from: "/shell/voice/statistics" });
  const navigate = useNavigate({ from: "/voice/statistics" });
  const now = new Date();
  const filter: CallFilter = {
    ...search,
    from: search.from ?? dayOf(now, -DEFAULT_DAYS),
    to: search.to ?? dayOf(now),
  };
  const unit = daysOf(filter) > MOST_DAYS_BY_DAY ? "month" : "day";
  const sums = useQuery(aggregatesQuery(filter, unit));
  const change = (changed: Partial<CallFilter>) =>
    navigate({ search: (before) => ({ ...before, ...changed }), replace: true });
  return (
    <Page
      title={t("shell.pages.statistics")}
      description={t("statistics.hint")}
      actions={<ExportMenu filter={filter} />}
    >
      <Filters filter={filter} onChange={change} />
      <Stack gap="xl">
        {sums.error ? <ErrorState error={sums.error} onRetry={sums.refetch} /> : null}
        <Totals sums={sums.data} />
        <Suspense fallback={<RowsSkeleton rows={1} height={180} />}>
          <CallChart sums={sums.data} unit={unit} />
        </Suspense>
        <Breakdown filter={filter} isShort={daysOf(filter) <= MOST_DAYS_BY_HOUR} />
        <CallList filter={filter} onSort={(sort) => change({ sort })} />
      </Stack>
    </Page>
  );
}
