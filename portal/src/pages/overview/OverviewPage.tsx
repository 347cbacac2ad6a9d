import { Anchor, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { aggregatesQuery, liveCallsQuery } from "@/api/calls";
import { dayOf } from "@/format/moments";
import { ErrorState, Loaded, Page, RowsSkeleton, Section, StatusDot } from "@/ui";
import { CallList } from "../statistics/CallList";
import { Totals } from "../statistics/Totals";

/** Is everything up, what happened today, and what needs somebody. */
export function OverviewPage() {
  const { t } = useTranslation();
  const today = dayOf(new Date());
  const filter = { from: today, to: today };
  const sums = useQuery(aggregatesQuery(filter));
  const live = useQuery(liveCallsQuery);
  return (
    <Page title={t("shell.pages.overview")} description={t("overview.hint")}>
      <Stack gap={36}>
        <Section title={t("overview.now")}>
          <Loaded query={live} skeleton={<RowsSkeleton rows={1} height={22} />}>
            {(calls) => (
              <Text size="sm" component="div">
                <StatusDot tone="good" text={t("overview.up")} />
                {" · "}
                <Anchor component={Link} to="/voice/live" inherit>
                  {t("overview.live", { count: calls.length })}
                </Anchor>
              </Text>
            )}
          </Loaded>
        </Section>
        <Section title={t("overview.today")}>
          {sums.error ? (
            <ErrorState error={sums.error} onRetry={sums.refetch} />
          ) : (
            <Totals sums={sums.data} />
          )}
        </Section>
        <Section title={t("overview.latest")}>
          <CallList filter={{ ...filter, from: undefined }} />
        </Section>
      </Stack>
    </Page>
  );
}
