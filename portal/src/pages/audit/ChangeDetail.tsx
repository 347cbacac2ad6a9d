import { Text } from "@mantine/core";
import type { Change } from "@/api/account";
import classes from "./ChangeDetail.module.css";

const shown = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

/** What differs between before and after, in a line or a few. */
export function ChangeDetail({ change }: { change: Change }) {
  const before = (change.before ?? {}) as Record<string, unknown>;
  const after = (change.after ?? {}) as Record<string, unknown>;
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.filter((name) => shown(before[name]) !== shown(after[name]));
  if (changed.length === 0) {
    return (
      <Text size="xs" c="dimmed" className={classes.value}>
        {change.subject}
      </Text>
    );
  }
  return (
    <>
      {changed.map((name) => (
        <Text key={name} size="xs" className={classes.value}>
          {name}: {before[name] === undefined ? null : <del>{shown(before[name])}</del>}{" "}
          {after[name] === undefined ? null : shown(after[name])}
        </Text>
      ))}
    </>
  );
}
