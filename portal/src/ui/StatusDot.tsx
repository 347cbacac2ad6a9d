import classes from "./StatusDot.module.css";

type Tone = "good" | "bad" | "waiting" | "off";

/** A state in a word, with a dot that repeats it in colour. */
export function StatusDot({ tone, text }: { tone: Tone; text: string }) {
  return (
    <span className={classes.status}>
      <span className={classes.dot} data-tone={tone} aria-hidden />
      {text}
    </span>
  );
}
