/** Times are shown in UTC, as the API and the bills count them, and always say so. */

import { madeOnce } from "./madeOnce";

const DAY = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" } as const;
const TIME = {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
  timeZone: "UTC",
} as const;

const day = madeOnce((language) => new Intl.DateTimeFormat(language, DAY));
const time = madeOnce((language) => new Intl.DateTimeFormat(language, TIME));
const moment = madeOnce((language) => new Intl.DateTimeFormat(language, { ...DAY, ...TIME }));

export const formatMoment = (iso: string, language: string) =>
  moment(language).format(new Date(iso));
export const formatDay = (iso: string, language: string) => day(language).format(new Date(iso));
export const formatTime = (iso: string, language: string) => time(language).format(new Date(iso));

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 30],
  ["month", 12],
];

/** `3 minutes ago`, `in 2 days`. */
export function formatAgo(iso: string, language: string, now = Date.now()): string {
  let amount = (new Date(iso).getTime() - now) / 1000;
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  for (const [unit, size] of STEPS) {
    if (Math.abs(amount) < size) return format.format(Math.round(amount), unit);
    amount /= size;
  }
  return format.format(Math.round(amount), "year");
}

/** `2:14`, `1:02:07`: minutes and seconds, hours where there are any. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** The UTC day of a moment as `yyyy-MM-dd`, moved by some days. */
export function dayOf(moment: Date, moveDays = 0): string {
  return new Date(moment.getTime() + moveDays * 86_400_000).toISOString().slice(0, 10);
}
