import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type CallDetails, type Happening, happeningsQuery } from "@/api/calls";
import { formatDuration } from "@/format";
import { Loaded, Section } from "@/ui";
import { inWords } from "./happenings";
import classes from "./TimeLine.module.css";

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
                <Line key={index} happening={happening} />
              ))}
            </ol>
          </>
        )}
      </Loaded>
    </Section>
  );
}

function Line({ happening }: { happening: Happening }) {
  const { t } = useTranslation();
  const [title, detail] = inWords(t, happening);
  return (
    <li className={classes.event}>
      <span className={classes.offset}>+{happening.offset_s.toFixed(3)} s</span>
      <span>{title}</span>
      <Text span size="sm" c="dimmed" className={classes.detail}>
        {detail}
      </Text>
    </li>
  );
}

function Axis({ call, happenings }: { call: CallDetails; happenings: Happening[] }) {
  const { t } = useTranslation();
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
          title={inWords(t, happening)[0]}
        />
      ))}
      <span className={classes.from}>0:00</span>
      <span className={classes.till}>{formatDuration(end)}</span>
    </div>
  );
}
