import classes from "./BarList.module.css";

interface BarListProps {
  label: string;
  bars: { key: string; name: string; value: string; share: number }[];
}

/** Amounts beside one another: each a name, a value, and a bar that repeats it. */
export function BarList({ label, bars }: BarListProps) {
  return (
    <ul className={classes.bars} aria-label={label}>
      {bars.map(({ key, name, value, share }) => (
        <li key={key} className={classes.line}>
          <span className={classes.bar} style={{ width: `${100 * share}%` }} aria-hidden />
          <span className={classes.name}>{name}</span>
          <span className={classes.value}>{value}</span>
        </li>
      ))}
    </ul>
  );
}
