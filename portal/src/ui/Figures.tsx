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
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
