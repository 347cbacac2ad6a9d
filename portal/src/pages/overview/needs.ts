import type { Balance, BalanceAlert } from "@/api/billing";
import type { Aggregates } from "@/api/calls";
import type { HeldNumber } from "@/api/numbers";
import type { Delivery } from "@/api/webhooks";

export type Need = "spent" | "low" | "unassigned" | "givenUp" | "errors" | "fallbacks";

interface Known {
  balance: Pick<Balance, "balance" | "credit" | "is_prepaid">;
  alert: Pick<BalanceAlert, "below">;
  numbers: Pick<HeldNumber, "primary_application_id">[];
  givenUp: Pick<Delivery, "id">[];
  /** Today's calls by how they ended. */
  ended: Aggregates["items"];
}

const ERROR = "Error";

export const unassigned = <T extends Pick<HeldNumber, "primary_application_id">>(numbers: T[]) =>
  numbers.filter((number) => number.primary_application_id === null);

export const errorsOf = (ended: Aggregates["items"]) =>
  ended.filter(({ group }) => group === ERROR).reduce((sum, { calls }) => sum + calls, 0);

export const fallbacksOf = (ended: Aggregates["items"]) =>
  ended.reduce((sum, { fallbacks }) => sum + fallbacks, 0);

/** What the reader should do something about, the most urgent first. */
export function needsOf({ balance, alert, numbers, givenUp, ended }: Known): Need[] {
  const isSpent = balance.is_prepaid && Number(balance.balance) + Number(balance.credit) <= 0;
  const isLow = alert.below !== null && Number(balance.balance) < Number(alert.below);
  const found: [Need, boolean][] = [
    ["spent", isSpent],
    ["low", isLow && !isSpent],
    ["unassigned", unassigned(numbers).length > 0],
    ["errors", errorsOf(ended) > 0],
    ["fallbacks", fallbacksOf(ended) > 0],
    ["givenUp", givenUp.length > 0],
  ];
  return found.filter(([, isSo]) => isSo).map(([need]) => need);
}
