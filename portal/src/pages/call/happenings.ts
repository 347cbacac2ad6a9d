import type { TFunction } from "i18next";
import type { Happening } from "@/api/calls";
import { formatDuration, formatPhone } from "@/format";
import { en } from "@/i18n/en";

const PART = " | ";
const PLACEHOLDER = /{{(\w+)}}/g;

type Values = Record<string, string | undefined>;
type Titles = typeof en.happening.titles;
type Details = typeof en.happening.details;
type Outcomes = typeof en.happening.outcomes;
type Statuses = typeof en.happening.statuses;
type Vias = typeof en.happening.vias;
type Reasons = typeof en.statistics.reasons;

const isIn = <T extends object>(names: T, name: string): name is keyof T & string => name in names;

function outcomeWord(t: TFunction, outcome: string): string {
  if (isIn<Outcomes>(en.happening.outcomes, outcome)) return t(`happening.outcomes.${outcome}`);
  const [kind, value] = outcome.split(" ");
  if (kind === "digit") return t("happening.outcomeDigit", { value });
  return kind === "case" ? t("happening.outcomeCase", { value }) : outcome;
}

function reasonWord(t: TFunction, reason: string): string {
  return isIn<Reasons>(en.statistics.reasons, reason) ? t(`statistics.reasons.${reason}`) : reason;
}

export function statusWord(t: TFunction, status: string): string {
  return isIn<Statuses>(en.happening.statuses, status) ? t(`happening.statuses.${status}`) : status;
}

/** How a field of an event is told; a field that is not named here is told as it is. */
const WORDS: Record<string, (t: TFunction, value: never) => string> = {
  caller: (_t, number: string) => formatPhone(number),
  number: (_t, number: string) => formatPhone(number),
  telephone_number: (_t, number: string) => formatPhone(number),
  role: (t, role: string) => t(role === "fallback" ? "call.fallback" : "call.primary"),
  outcome: outcomeWord,
  ended_by: outcomeWord,
  reason: reasonWord,
  status: statusWord,
  via: (t, via: string) => (isIn<Vias>(en.happening.vias, via) ? t(`happening.vias.${via}`) : via),
  interrupted: (t, was: boolean) => (was ? t("happening.interrupted") : ""),
  is_success: (t, was: boolean) => (was ? "" : t("happening.unsuccessful")),
  duration_ms: (_t, duration: number) => formatDuration(duration / 1000),
  jitter_ms: (_t, jitter: number) => String(Math.round(jitter * 10) / 10),
};

function valuesOf(t: TFunction, data: Record<string, unknown>): Values {
  const told = Object.entries(data)
    .filter(([, value]) => value !== null && typeof value !== "object")
    .map(([name, value]) => [name, WORDS[name]?.(t, value as never) ?? String(value)]);
  return Object.fromEntries(told);
}

/** Fill a text in, and leave out the parts of which a value is missing. */
export function filled(text: string, values: Values): string {
  return text
    .split(PART)
    .filter((part) => [...part.matchAll(PLACEHOLDER)].every(([, name = ""]) => values[name]))
    .map((part) => part.replace(PLACEHOLDER, (_all, name: string) => values[name] ?? ""))
    .join(" · ");
}

/** What happened, in words: a title and what belongs to it. */
export function inWords(t: TFunction, { kind, data }: Happening): [title: string, detail: string] {
  const values = valuesOf(t, data as Record<string, unknown>);
  const raw = { skipInterpolation: true } as const;
  const title = isIn<Titles>(en.happening.titles, kind) ? t(`happening.titles.${kind}`, raw) : kind;
  const detail = isIn<Details>(en.happening.details, kind)
    ? t(`happening.details.${kind}`, raw)
    : "";
  return [filled(title, values), filled(detail, values)];
}
