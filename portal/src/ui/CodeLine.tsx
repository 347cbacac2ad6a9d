import { Box } from "@mantine/core";
import classes from "./CodeLine.module.css";
import { CopyButton } from "./CopyButton";

/** A line to be copied and run, or an id. */
export function CodeLine({ text, label }: { text: string; label?: string }) {
  return (
    <Box className={classes.line}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long line is scrolled with the keys */}
      <pre className={classes.text} tabIndex={0}>
        {text}
      </pre>
      <CopyButton value={text} label={label} />
    </Box>
  );
}
