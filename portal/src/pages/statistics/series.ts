import type { Aggregates } from "@/api/calls";

export const MEASURES = ["calls", "minutes", "spend"] as const;
export type Measure = (typeof MEASURES)[number];

interface BarOfPeriod {
  starts_at: string;
  answered: number;
  unanswered: number;
  minutes: number;
  spend: number;
}

/** A bar for every period, the empty ones included; amounts are rounded for the eye only. */
export function barsOf({ periods, items }: Pick<Aggregates, "periods" | "items">): BarOfPeriod[] {
  const bars = periods.map(({ starts_at }) => ({
    starts_at,
    answered: 0,
    unanswered: 0,
    minutes: 0,
    spend: 0,
  }));
  for (const { period, calls, answered, minutes, price } of items) {
    const bar = period === null ? undefined : bars[period];
    if (!bar) continue;
    bar.answered += answered;
    bar.unanswered += calls - answered;
    bar.minutes += Number(minutes);
    bar.spend += Number(price);
  }
  return bars;
}

const HOURS = 24;

/** Calls by the hour of the day, UTC, of sums by hour. */
export function callsByHour({ periods, items }: Pick<Aggregates, "periods" | "items">): number[] {
  const hours = new Array<number>(HOURS).fill(0);
  for (const { period, calls } of items) {
    const starts_at = period === null ? undefined : periods[period]?.starts_at;
    if (!starts_at) continue;
    const hour = new Date(starts_at).getUTCHours();
    hours[hour] = (hours[hour] ?? 0) + calls;
  }
  return hours;
}

export interface Ending {
  reason: string;
  calls: number;
}

/** Why calls ended, the most frequent first. */
export function endingsOf({ items }: Pick<Aggregates, "items">): Ending[] {
  const found = new Map<string, number>();
  for (const { group, calls } of items) {
    if (group) found.set(group, (found.get(group) ?? 0) + calls);
  }
  return [...found]
    .map(([reason, calls]) => ({ reason, calls }))
    .sort((one, other) => other.calls - one.calls);
}
