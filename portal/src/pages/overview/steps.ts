import type { Application } from "@/api/applications";
import type { HeldNumber } from "@/api/numbers";

export const STEPS = ["signUp", "buy", "application", "assign", "call"] as const;
export type Step = (typeof STEPS)[number];

interface Reached {
  numbers: Pick<HeldNumber, "primary_application_id">[];
  applications: Pick<Application, "version">[];
  hasCall: boolean;
}

/** What a newcomer has done of the way to the first call; who came by another way has done all before. */
export function doneSteps({ numbers, applications, hasCall }: Reached): Set<Step> {
  if (hasCall) return new Set(STEPS);
  const done = new Set<Step>(["signUp"]);
  if (numbers.length > 0) done.add("buy");
  if (applications.some(({ version }) => version > 0)) done.add("application");
  if (numbers.some((number) => number.primary_application_id !== null)) done.add("assign");
  return done;
}
