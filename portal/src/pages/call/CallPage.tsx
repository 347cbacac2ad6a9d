import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { callQuery, isFinished } from "@/api/calls";
import { formatPhone, useFormats } from "@/format";
import { CopyButton, Loaded, Page, RowsSkeleton, Section } from "@/ui";
import { DialTable } from "./DialTable";
import { DigitTable } from "./DigitTable";
import { Failures } from "./Failures";
import { Player } from "./Player";
import { Quality } from "./Quality";
import { RawRecord } from "./RawRecord";
import { Receipt } from "./Receipt";
import { Summary } from "./Summary";
import { TimeLine } from "./TimeLine";

const CallGraph = lazy(() => import("./CallGraph"));

/** A call from top to bottom, as a story: who, when, how it went, what was said, what it cost. */
export function CallPage() {
  const { t } = useTranslation();
  const format = useFormats();
  const { id } = useParams({ from: "/shell/voice/statistics/$id" });
  const query = useQuery(callQuery(id));
  const call = query.data;
  return (
    <Page
      title={call ? t("call.title", { caller: formatPhone(call.caller) }) : t("shell.pages.call")}
      description={
        call ? `${format.moment(call.created_at)} · ${formatPhone(call.number)}` : undefined
      }
      actions={<CopyButton value={id} label={t("call.copyId")} />}
    >
      <Loaded query={query} skeleton={<RowsSkeleton rows={5} height={90} />}>
        {(found) => (
          <Stack gap={36}>
            <Summary call={found} />
            {isFinished(found) ? (
              <>
                <Failures call={found} />
                <Section title={t("call.way")}>
                  <Suspense fallback={<RowsSkeleton rows={1} height={300} />}>
                    <CallGraph call={found} />
                  </Suspense>
                </Section>
                <TimeLine call={found} />
                {found.recordings.map((recording) => (
                  <Player key={recording.id} recording={recording} />
                ))}
                <DigitTable digits={found.digits} />
                <DialTable dials={found.dials} currency={found.currency} />
                <Receipt call={found} />
                <Quality quality={found.quality} />
                <RawRecord id={found.id} />
              </>
            ) : null}
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}
