import { describe, expect, it as test } from "vitest";
import { en } from "@/i18n/en";
import { it } from "@/i18n/it";

type Catalogue = { [key: string]: string | Catalogue };

function texts(catalogue: Catalogue, prefix = ""): [string, string][] {
  return Object.entries(catalogue).flatMap(([key, value]) =>
    typeof value === "string"
      ? [[prefix + key, value] as [string, string]]
      : texts(value, `${prefix}${key}.`),
  );
}

const placeholders = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map((m) => m[1]).sort();

describe("catalogues", () => {
  const english = new Map(texts(en));
  const italian = new Map(texts(it));

  test("have the same keys", () => {
    expect([...italian.keys()].sort()).toEqual([...english.keys()].sort());
  });

  test("fill in the same values", () => {
    for (const [key, text] of english) {
      expect(placeholders(italian.get(key) ?? ""), key).toEqual(placeholders(text));
    }
  });

  test("leave no text empty", () => {
    for (const [key, text] of [...english, ...italian]) expect(text.trim(), key).not.toBe("");
  });
});
