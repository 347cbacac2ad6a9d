import { describe, expect, it } from "vitest";
import { needsOf } from "./needs";
import { doneSteps, STEPS } from "./steps";

const held = { primary_application_id: "a" };
const free = { primary_application_id: null };

describe("doneSteps", () => {
  it("ticks what has happened, in whatever order", () => {
    const fresh = { numbers: [], applications: [], hasCall: false };
    expect([...doneSteps(fresh)]).toEqual(["signUp"]);
    expect([...doneSteps({ ...fresh, applications: [{ version: 0 }, { version: 2 }] })]).toEqual([
      "signUp",
      "application",
    ]);
    expect([...doneSteps({ ...fresh, numbers: [free] })]).toEqual(["signUp", "buy"]);
    expect(doneSteps({ ...fresh, numbers: [held] }).has("assign")).toBe(true);
  });

  it("is through with the first call", () => {
    expect(doneSteps({ numbers: [], applications: [], hasCall: true }).size).toBe(STEPS.length);
  });
});

const sum = (group: string, calls: number, fallbacks: number) => ({
  group,
  calls,
  fallbacks,
  answered: 0,
  currency: "EUR",
  duration_s: 0,
  minutes: "0",
  name: null,
  period: null,
  price: "0",
});
const quiet = {
  balance: { balance: "20.00", credit: "0", is_prepaid: true },
  alert: { below: null },
  numbers: [held],
  givenUp: [],
  ended: [sum("CallerHungUp", 4, 0)],
};

describe("needsOf", () => {
  it("is content where nothing is wrong", () => {
    expect(needsOf(quiet)).toEqual([]);
  });

  it("says once that the balance is low", () => {
    const alert = { below: "5.00" };
    const low = { balance: "4.99", credit: "1", is_prepaid: true };
    expect(needsOf({ ...quiet, alert, balance: low })).toEqual(["low"]);
    const spent = { ...low, balance: "-1" };
    expect(needsOf({ ...quiet, alert, balance: spent })).toEqual(["spent"]);
    expect(needsOf({ ...quiet, balance: { ...spent, is_prepaid: false } })).toEqual([]);
  });

  it("names everything else", () => {
    const found = needsOf({
      ...quiet,
      numbers: [held, free],
      givenUp: [{ id: "x" }],
      ended: [sum("Error", 2, 1)],
    });
    expect(found).toEqual(["unassigned", "errors", "fallbacks", "givenUp"]);
  });
});
