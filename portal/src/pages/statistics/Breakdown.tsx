import { SimpleGrid, VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { aggregatesQuery, type CallFilter } from "@/api/calls";
import { useFormats } from "@/format";
import { en } from "@/i18n/en";
import { BarList, Loaded, RowsSkeleton, Section } from "@/ui";
import classes from "./Breakdown.module.css";
import { DropOff } from "./DropOff";
import { callsByHour, endingsOf } from "./series";

interface BreakdownProps {
  filter: CallFilter;
  /** Whether the period is short enough to be asked for by the hour. */
  isShort: boolean;
}

/** How calls ended, when in the day they come, and where in an application they are lost. */
export function Breakdown({ filter, isShort }: BreakdownProps) {
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: isShort ? 2 : 1 }} spacing="xl">
        <Endings filter={filter} />
        {isShort ? <BusyHours filter={filter} /> : null}
      </SimpleGrid>
      {filter.application ? <DropOff filter={filter} application={filter.application} /> : null}
    </>
  );
}

type Reason = keyof typeof en.statistics.reasons;

const isReason = (name: string): name is Reason => name in en.statistics.reasons;

function Endings({ filter }: { filter: CallFilter }) {
  const { t } = useTranslation();
  const format = useFormats();
  const query = useQuery(aggregatesQuery(filter, undefined, "end_reason"));
  return (
    <Section title={t("statistics.endings")}>
      <Loaded query={query} skeleton={<RowsSkeleton rows={3} height={28} />}>
        {(sums) => {
          const endings = endingsOf(sums);
          const most = endings[0]?.calls ?? 1;
          return (
            <BarList
              label={t("statistics.endings")}
              bars={endings.map(({ reason, calls }) => ({
                key: reason,
                name: isReason(reason) ? t(`statistics.reasons.${reason}`) : reason,
                value: format.count(calls),
                share: calls / most,
              }))}
            />
          );
        }}
      </Loaded>
    </Section>
  );
}

function BusyHours({ filter }: { filter: CallFilter }) {
  const { t } = useTranslation();
  const query = useQuery(aggregatesQuery(filter, "hour"));
  return (
    <Section title={t("statistics.hours")} hint={t("statistics.hoursHint")}>
      <Loaded query={query} skeleton={<RowsSkeleton rows={1} height={96} />}>
        {(sums) => {
          const hours = callsByHour(sums);
          const most = Math.max(1, ...hours);
          return (
            <ol className={classes.hours} aria-label={t("statistics.hours")}>
              {hours.map((calls, hour) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the hours of a day
                <li key={hour} title={t("statistics.hour", { hour, calls })}>
                  <span className={classes.hour} style={{ height: `${(100 * calls) / most}%` }} />
                  <VisuallyHidden>{t("statistics.hour", { hour, calls })}</VisuallyHidden>
                  <span className={classes.tick} aria-hidden>
                    {hour % 6 === 0 ? hour : ""}
                  </span>
                </li>
              ))}
            </ol>
          );
        }}
      </Loaded>
    </Section>
  );
}
