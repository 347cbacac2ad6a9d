import { describe, expect, it } from "vitest";
import { formatSize } from "@/format/size";

describe("formatSize", () => {
  it("chooses the unit", () => {
    expect(formatSize(812_345, "en")).toBe("812 kB");
    expect(formatSize(3_400_000, "it")).toBe("3,4 MB");
    expect(formatSize(99, "en")).toBe("0.1 kB");
  });
});
