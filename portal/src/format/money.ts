/** Formats exact decimal texts without ever making a binary float of the digits shown. */

import { madeOnce } from "./madeOnce";

const money = madeOnce(
  (language, currency) => new Intl.NumberFormat(language, { style: "currency", currency }),
);
const grouped = madeOnce((language) => new Intl.NumberFormat(language, { useGrouping: "always" }));

const parts = (text: string) => {
  const isNegative = text.startsWith("-");
  const [whole = "0", fraction = ""] = text.replace(/^[-+]/, "").split(".");
  return { isNegative, whole, fraction };
};

/** `1234.50` EUR becomes `€1,234.50`: at least two decimals, and as many as the amount has. */
export function formatMoney(amount: string | number, currency: string, language: string): string {
  const { isNegative, whole, fraction } = parts(String(amount));
  const digits = fraction.replace(/0+$/, "").padEnd(2, "0");
  return money(language, currency)
    .formatToParts(isNegative ? -1 : 1)
    .map((part) => {
      if (part.type === "integer") return groupThousands(whole, language);
      return part.type === "fraction" ? digits : part.value;
    })
    .join("");
}

const groupThousands = (whole: string, language: string) => grouped(language).format(BigInt(whole));

export const isNegativeAmount = (amount: string | number) => String(amount).startsWith("-");
