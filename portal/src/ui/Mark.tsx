import type { ReactNode } from "react";
import classes from "./Mark.module.css";

/** A word that sets a row apart from the others. */
export function Mark({ children, tone }: { children: ReactNode; tone?: "warning" }) {
  return (
    <span className={classes.mark} data-tone={tone}>
      {children}
    </span>
  );
}
