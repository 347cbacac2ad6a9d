import { describe, expect, it } from "vitest";
import { formatMoney } from "@/format/money";

describe("formatMoney", () => {
  it("keeps every digit of a price", () => {
    expect(formatMoney("0.041250", "EUR", "en")).toBe("€0.04125");
  });

  it("shows two decimals at least, and groups thousands", () => {
    expect(formatMoney("1234567.5", "EUR", "en")).toBe("€1,234,567.50");
    expect(formatMoney("12", "GBP", "en")).toBe("£12.00");
  });

  it("does not lose what a float would", () => {
    expect(formatMoney("90071992547409931.000001", "EUR", "en")).toBe(
      "€90,071,992,547,409,931.000001",
    );
  });

  it("writes as the language does", () => {
    expect(formatMoney("-1234.5", "EUR", "it")).toMatch(/^-1\.234,50\s€$/);
  });
});
