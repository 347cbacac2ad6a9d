import { expect, test } from "vitest";
import { heardAt, turnsOf } from "./turns";

const said = (channel: number, start_s: number, text: string, words: [string, number][] = []) => ({
  channel,
  start_s,
  end_s: start_s + 1,
  text,
  confidence: 1,
  words: words.map(([word, at]) => ({ text: word, start_s: at, end_s: at, confidence: 1 })),
});

test("what one says in a row is one turn, in the order of time", () => {
  const turns = turnsOf([
    said(1, 2, "Who is it?"),
    said(0, 0, "Good morning.", [
      ["Good", 0],
      [" morning.", 0.4],
    ]),
    said(0, 1, "It is me."),
  ]);
  expect(turns.map(({ channel, words }) => [channel, words.map(({ text }) => text)])).toEqual([
    [0, ["Good", "morning.", "It is me."]],
    [1, ["Who is it?"]],
  ]);
});

test("a word is heard until the next begins", () => {
  const words = [
    { text: "a", start: 0.5 },
    { text: "b", start: 1 },
  ];
  expect([0, 0.5, 0.9, 1, 9].map((at) => heardAt(words, at))).toEqual([-1, 0, 0, 1, 1]);
});
