import { expect, it } from "vitest";
import { peaksOf } from "./peaks";

it("takes the loudest of each part", () => {
  expect(peaksOf(Float32Array.from([0, 0.25, -0.5, 0.1]), 2)).toEqual([0.5, 1]);
});

it("stays flat in silence", () => {
  expect(peaksOf(new Float32Array(4), 2)).toEqual([0, 0]);
  expect(peaksOf(new Float32Array(0), 2)).toEqual([]);
});
