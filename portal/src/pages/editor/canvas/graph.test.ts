import { expect, it } from "vitest";
import type { Behavior } from "@/behavior/document";
import { setField } from "@/behavior/edit";
import type { BehaviorSchema } from "@/behavior/schema";
import fixture from "@/behavior/schema.fixture.json";
import { cardsOf, edgesOf, NO_HIGHLIGHT, type Scene } from "./graph";

const BEHAVIOR: Behavior = {
  ChannelBehaviorNodes: {
    "0": { ActionType: "Say", ChannelBehaviorAction: { Text: "Hello." }, NextNode: 1 },
    "1": { ActionType: "Hangup" },
  },
};
const sceneOf = (behavior: Behavior): Scene => ({
  draft: { behavior, layout: {} },
  schema: fixture as unknown as BehaviorSchema,
  problems: new Map(),
  selected: null,
  highlight: NO_HIGHLIGHT,
  translate: (text) => text,
});

it("what is typed into one card leaves all others and every edge as they are", () => {
  const before = sceneOf(BEHAVIOR);
  const [cards, edges] = [cardsOf(before, []), edgesOf(before, [])];
  const path = ["ChannelBehaviorAction", "Text"];
  const after = sceneOf(setField(BEHAVIOR, "0", path, "Good morning."));
  const drawn = cardsOf(after, cards);
  expect(drawn[0]).not.toBe(cards[0]);
  expect(drawn[1]).toBe(cards[1]);
  expect(edgesOf(after, edges)).toBe(edges);
});

it("an edge that leads elsewhere is another", () => {
  const edges = edgesOf(sceneOf(BEHAVIOR), []);
  const cut = edgesOf(sceneOf(setField(BEHAVIOR, "0", ["NextNode"], undefined)), edges);
  expect([edges.length, cut.length]).toEqual([1, 0]);
});
