import type { TariffVersion } from "@/api/tariffs";

export type TariffState = "current" | "coming" | "past";

/** Which version counts now: of each currency the latest that has begun; the list has the latest first. */
export function statesOf(versions: TariffVersion[], now = Date.now()): TariffState[] {
  const found = new Set<string>();
  return versions.map(({ currency, effective_at }) => {
    if (Date.parse(effective_at) > now) return "coming";
    if (found.has(currency)) return "past";
    found.add(currency);
    return "current";
  });
}
