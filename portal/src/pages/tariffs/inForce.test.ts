import { describe, expect, it } from "vitest";
import { statesOf } from "./inForce";

const version = (number: number, currency: string, effective_at: string) => ({
  name: "standard",
  version: number,
  currency,
  effective_at,
  prefixes: 0,
});

describe("statesOf", () => {
  it("finds the one in force of each currency", () => {
    const versions = [
      version(3, "EUR", "2026-12-01T00:00:00Z"),
      version(1, "GBP", "2026-11-20T00:00:00Z"),
      version(2, "EUR", "2026-11-01T00:00:00Z"),
      version(1, "EUR", "2026-01-01T00:00:00Z"),
    ];
    const now = Date.parse("2026-11-23T12:00:00Z");
    expect(statesOf(versions, now)).toEqual(["coming", "current", "current", "past"]);
  });
});
