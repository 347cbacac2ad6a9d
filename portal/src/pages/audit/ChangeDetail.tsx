import { Text } from "@mantine/core";
import type { Change } from "@/api/account";
import { useFormats } from "@/format";
import classes from "./ChangeDetail.module.css";

const US_PER_MS = 1000;

/** A value as people read it: nothing where there is none, a moment where its name says so. */
function shown(name: string, value: unknown, moment: (iso: string) => string): string {
  if (value === undefined || value === null || value === "") return "";
  if (name.endsWith("_us") && typeof value === "number") {
    return moment(new Date(value / US_PER_MS).toISOString());
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What differs between before and after, in a line or a few. */
export function ChangeDetail({ change }: { change: Change }) {
  const before = (change.before ?? {}) as Record<string, unknown>;
  const after = (change.after ?? {}) as Record<string, unknown>;
  const { moment } = useFormats();
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names
    .map((name) => ({
      name: name.replace(/_us$/, ""),
      old: shown(name, before[name], moment),
      now: shown(name, after[name], moment),
    }))
    .filter(({ old, now }) => old !== now);
  if (changed.length === 0) {
    return (
      <Text size="xs" c="dimmed" className={classes.value}>
        {change.subject}
      </Text>
    );
  }
  return (
    <>
      {changed.map(({ name, old, now }) => (
        <Text key={name} size="xs" className={classes.value}>
          {name}: {old ? <del>{old}</del> : null} {now}
        </Text>
      ))}
    </>
  );
}
