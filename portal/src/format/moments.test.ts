import { describe, expect, it } from "vitest";
import { dayOf, formatAgo, formatDuration, formatMoment } from "@/format/moments";

describe("moments", () => {
  it("shows UTC, wherever the reader is", () => {
    expect(formatMoment("2026-11-23T10:42:07.125Z", "en")).toBe("Nov 23, 2026, 10:42:07");
  });

  it("counts from now", () => {
    const now = Date.parse("2026-11-23T12:00:00Z");
    expect(formatAgo("2026-11-23T11:57:00Z", "en", now)).toBe("3 minutes ago");
    expect(formatAgo("2026-11-25T12:00:00Z", "en", now)).toBe("in 2 days");
  });

  it("writes durations as clocks do", () => {
    expect(formatDuration(134)).toBe("2:14");
    expect(formatDuration(3727.4)).toBe("1:02:07");
    expect(formatDuration(0)).toBe("0:00");
  });

  it("knows the UTC day", () => {
    expect(dayOf(new Date("2026-11-30T23:59:59Z"), 1)).toBe("2026-12-01");
  });
});
