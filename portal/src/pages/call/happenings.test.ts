import { readFileSync } from "node:fs";
import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import { en } from "@/i18n/en";
import { inWords } from "./happenings";

const EVENTS = "../src/dillo/model/events.py";

beforeAll(async () => {
  await i18next.init({ lng: "en", resources: { en: { translation: en } } });
});

const told = (kind: string, data: Record<string, unknown>) =>
  inWords(i18next.t, { at: "2026-11-23T10:42:07.125Z", offset_s: 1, kind, data });

describe("inWords", () => {
  it("has words for every event that the platform knows", () => {
    const kinds = [...readFileSync(EVENTS, "utf8").matchAll(/^class (\w+)\(_Event/gm)];
    expect(kinds.map(([, kind]) => kind).sort()).toEqual(Object.keys(en.happening.titles).sort());
  });

  it("tells what is known and leaves out what is not", () => {
    expect(told("NodeLeft", { node: "2", outcome: "digit 1", next_node: "3" })).toEqual([
      "Node 2 is done",
      "key 1 · on to node 3",
    ]);
    expect(told("NodeLeft", { node: "2", outcome: "hung up", next_node: null })).toEqual([
      "Node 2 is done",
      "hung up",
    ]);
    expect(told("CallAnswered", {})).toEqual(["Answered", ""]);
  });

  it("tells numbers and states as the page does elsewhere", () => {
    const leg = { leg_id: "x", status: "NoAnswer", sip_code: 480, detail: "" };
    expect(told("LegEnded", leg)[1]).toBe("No answer · SIP 480");
    const received = { caller: "+393703188051", number: "+442079460777", source: "" };
    expect(told("CallReceived", received)[1]).toBe("from +39 370 318 8051 · to +44 207 946 0777");
    expect(told("PromptEnded", { node: "0", interrupted: false })[1]).toBe("");
  });
});
