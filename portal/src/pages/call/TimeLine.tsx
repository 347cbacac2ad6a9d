import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type CallDetails, type Happening, happeningsQuery } from "@/api/calls";
import { formatDuration } from "@/format";
import { Loaded, Section } from "@/ui";
import classes from "./TimeLine.module.css";

const spaced = (name: string) =>
  name
    .replace(/_/g, " ")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();

function detailOf({ data }: Happening): string {
  return Object.entries(data as Record<string, unknown>)
    .filter(
      ([name, value]) => !/(^|_)id$|_us$/.test(name) && ["string", "number"].includes(typeof value),
    )
    .filter(([, value]) => value !== "" && String(value).length < 80)
    .map(([name, value]) => `${name.replace(/_/g, " ")} ${value}`)
    .slice(0, 4)
    .join(" · ");
}

/** Every event on one axis, then one by one. */
export function TimeLine({ call }: { call: CallDetails }) {
  const { t } = useTranslation();
  const query = useQuery(happeningsQuery(call.id));
  return (
    <Section title={t("call.timeLine")} hint={t("call.timeLineHint")}>
      <Loaded query={query}>
        {(happenings) => (
          <>
            <Axis call={call} happenings={happenings} />
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long list is scrolled with the keys */}
            <ol className={classes.events} tabIndex={0}>
              {happenings.map((happening, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: events never change their order
                <li key={index} className={classes.event}>
                  <span className={classes.offset}>+{happening.offset_s.toFixed(3)} s</span>
                  <span className={classes.kind}>{spaced(happening.kind)}</span>
                  <Text span size="xs" c="dimmed" truncate>
                    {detailOf(happening)}
                  </Text>
                </li>
              ))}
            </ol>
          </>
        )}
      </Loaded>
    </Section>
  );
}

function Axis({ call, happenings }: { call: CallDetails; happenings: Happening[] }) {
  const end = Math.max(0.1, happenings.at(-1)?.offset_s ?? 0);
  const at = (offset: number) => `${(100 * offset) / end}%`;
  const since = (iso: string) => (Date.parse(iso) - Date.parse(call.created_at)) / 1000;
  return (
    <div className={classes.axis} aria-hidden>
      {call.path.map((visit) => (
        <span
          key={visit.entered_at + visit.node}
          className={classes.visit}
          style={{ left: at(since(visit.entered_at)), width: at(Math.max(0, visit.duration_s)) }}
          title={`${visit.node} ${visit.action_type}`}
        >
          {visit.action_type}
        </span>
      ))}
      {happenings.map((happening, index) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: events never change their order
          key={index}
          className={classes.tick}
          style={{ left: at(happening.offset_s) }}
          title={happening.kind}
        />
      ))}
      <span className={classes.from}>0:00</span>
      <span className={classes.till}>{formatDuration(end)}</span>
    </div>
  );
}
