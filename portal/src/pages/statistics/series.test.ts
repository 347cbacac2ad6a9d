import { describe, expect, it } from "vitest";
import { barsOf, callsByHour, endingsOf } from "./series";

const period = (starts_at: string) => ({ starts_at, ends_at: "", label: "" });
const sum = (period: number | null, group: string | null, calls: number, answered = calls) => ({
  period,
  group,
  calls,
  answered,
  currency: "EUR",
  duration_s: 60 * calls,
  fallbacks: 0,
  minutes: String(calls),
  name: null,
  price: "0.01",
});

describe("series", () => {
  it("has a bar for every period", () => {
    const periods = [period("2026-11-01T00:00:00Z"), period("2026-11-02T00:00:00Z")];
    const bars = barsOf({ periods, items: [sum(1, null, 5, 3)] });
    expect(bars.map(({ answered, unanswered }) => [answered, unanswered])).toEqual([
      [0, 0],
      [3, 2],
    ]);
    expect(bars[1]?.minutes).toBe(5);
  });

  it("adds hours of all days up", () => {
    const periods = [period("2026-11-01T09:00:00Z"), period("2026-11-02T09:00:00Z")];
    const hours = callsByHour({ periods, items: [sum(0, null, 2), sum(1, null, 3)] });
    expect(hours).toHaveLength(24);
    expect(hours[9]).toBe(5);
  });

  it("has the most frequent ending first", () => {
    const items = [sum(null, "Error", 1), sum(null, "FlowEnded", 4)];
    expect(endingsOf({ items }).map(({ reason }) => reason)).toEqual(["FlowEnded", "Error"]);
  });
});
