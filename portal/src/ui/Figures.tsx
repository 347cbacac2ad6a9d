import { Text } from "@mantine/core";
import classes from "./Figures.module.css";

interface FiguresProps {
  figures: { label: string; value: string }[];
}

/** A few numbers that are looked at first. */
export function Figures({ figures }: FiguresProps) {
  return (
    <dl className={classes.figures}>
      {figures.map(({ label, value }) => (
        <div key={label}>
          <Text component="dt" size="xs" c="dimmed">
            {label}
          </Text>
          <Text component="dd" m={0} className={classes.value}>
            {value}
          </Text>
        </div>
      ))}
    </dl>
  );
}
