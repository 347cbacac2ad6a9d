/** Formats exact decimal texts without ever making a binary float of the digits shown. */

const parts = (text: string) => {
  const isNegative = text.startsWith("-");
  const [whole = "0", fraction = ""] = text.replace(/^[-+]/, "").split(".");
  return { isNegative, whole, fraction };
};

/** `1234.50` EUR becomes `€1,234.50`: at least two decimals, and as many as the amount has. */
export function formatMoney(amount: string | number, currency: string, language: string): string {
  const { isNegative, whole, fraction } = parts(String(amount));
  const digits = fraction.replace(/0+$/, "").padEnd(2, "0");
  const format = new Intl.NumberFormat(language, { style: "currency", currency });
  return format
    .formatToParts(isNegative ? -1 : 1)
    .map((part) => {
      if (part.type === "integer") return groupThousands(whole, language);
      return part.type === "fraction" ? digits : part.value;
    })
    .join("");
}

function groupThousands(whole: string, language: string): string {
  return new Intl.NumberFormat(language, { useGrouping: "always" }).format(BigInt(whole));
}

export const isNegativeAmount = (amount: string | number) => String(amount).startsWith("-");
