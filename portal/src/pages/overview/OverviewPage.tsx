import { Anchor, Stack, Text } from "@mantine/core";
import { usePrefetchInfiniteQuery, usePrefetchQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { alertQuery, balanceQuery } from "@/api/billing";
import { aggregatesQuery, liveCallsQuery } from "@/api/calls";
import { deliveriesQuery } from "@/api/webhooks";
import { dayOf } from "@/format/moments";
import { ErrorState, Loaded, Page, RowsSkeleton, Section, StatusDot } from "@/ui";
import { CallList } from "../statistics/CallList";
import { Totals } from "../statistics/Totals";
import { NeedList } from "./NeedList";
import { StepList } from "./StepList";
import { useSteps } from "./useSteps";

const LATEST = 8;

/** Ask at once for what is only drawn when it is known how far the customer has come. */
function useAhead() {
  const today = dayOf(new Date());
  usePrefetchQuery(liveCallsQuery);
  usePrefetchQuery(balanceQuery);
  usePrefetchQuery(alertQuery);
  usePrefetchQuery(aggregatesQuery({ from: today, to: today }));
  usePrefetchQuery(aggregatesQuery({ from: today, to: today }, undefined, "end_reason"));
  usePrefetchInfiniteQuery(deliveriesQuery("given_up"));
}

/** Is everything up, what happened today, and what needs somebody; at first the way to the first call. */
export function OverviewPage() {
  const { t } = useTranslation();
  useAhead();
  const steps = useSteps();
  return (
    <Page title={t("shell.pages.overview")} description={t("overview.hint")}>
      <Loaded query={steps}>
        {(way) => (
          <Stack gap={36}>
            {way.isDone ? null : <StepList way={way} />}
            <Now />
            <NeedList isNew={!way.isDone} />
            {way.done.has("call") ? <Today /> : null}
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function Now() {
  const { t } = useTranslation();
  const live = useQuery(liveCallsQuery);
  return (
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
  );
}

function Today() {
  const { t } = useTranslation();
  const today = dayOf(new Date());
  const sums = useQuery(aggregatesQuery({ from: today, to: today }));
  return (
    <>
      <Section title={t("overview.today")}>
        {sums.error ? (
          <ErrorState error={sums.error} onRetry={sums.refetch} />
        ) : (
          <Totals sums={sums.data} />
        )}
      </Section>
      <Section
        title={t("overview.latest")}
        actions={
          <Anchor component={Link} to="/voice/statistics" size="sm">
            {t("overview.allCalls")}
          </Anchor>
        }
      >
        <CallList filter={{}} most={LATEST} />
      </Section>
    </>
  );
}
