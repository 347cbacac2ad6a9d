import type { CallFilter, EndReason, Sort } from "@/api/calls";

/** What the addresses of pages hold behind the question mark; what makes no sense is left out. */

type Search = Record<string, unknown>;

const text = (value: unknown) =>
  typeof value === "string" && value !== ""
    ? value
    : typeof value === "number"
      ? String(value)
      : undefined;

const oneOf = <T extends string>(names: readonly T[], value: unknown): T | undefined =>
  names.find((name) => name === value);

export const login = (given: Search): { to?: string } => {
  const to = text(given.to);
  // Only ever to a page of ours.
  return { to: to?.startsWith("/") && !to.startsWith("//") ? to : undefined };
};

export const applications = (given: Search): { make?: boolean } => ({
  make: given.make === true || undefined,
});

const PANELS = ["tests", "versions", "problems", "callbacks"] as const;
export type PanelName = (typeof PANELS)[number];

export const editor = (given: Search): { node?: string; panel?: PanelName } => ({
  node: text(given.node),
  panel: oneOf(PANELS, given.panel),
});

export const audit = (given: Search): { action?: string; actor?: string } => ({
  action: text(given.action),
  actor: text(given.actor),
});

const DELIVERED = ["waiting", "delivered", "given_up"] as const;

export const webhooks = (
  given: Search,
): { status?: (typeof DELIVERED)[number]; delivery?: string } => ({
  status: oneOf(DELIVERED, given.status),
  delivery: text(given.delivery),
});

const SERVICES = ["dial", "call"] as const;

export const tariff = (
  given: Search,
): { service?: (typeof SERVICES)[number]; prefix?: string } => ({
  service: oneOf(SERVICES, given.service),
  prefix: text(given.prefix),
});

export const customers = (given: Search): { search?: string } => ({ search: text(given.search) });

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const SORTS: Sort[] = ["-created_at", "created_at", "-duration", "duration", "-price", "price"];

const day = (value: unknown) => {
  const written = text(value);
  return written && DAY.test(written) ? written : undefined;
};

export const statistics = (given: Search): CallFilter => ({
  from: day(given.from),
  to: day(given.to),
  number: text(given.number),
  application: text(given.application),
  caller: text(given.caller),
  reason: text(given.reason) as EndReason | undefined,
  answered: oneOf(["yes", "no"], given.answered),
  fallback: oneOf(["yes"], given.fallback),
  test: oneOf(["yes", "no"], given.test),
  sort: oneOf(SORTS, given.sort),
});

export const buy = (given: Search): { country?: string; type?: string; pattern?: string } => ({
  country: text(given.country),
  type: text(given.type),
  pattern: text(given.pattern),
});
