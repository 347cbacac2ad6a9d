const MB = 1_000_000;

/** `812 kB`, `3.4 MB`. */
export function formatSize(octets: number, language: string): string {
  const [amount, unit] = octets < MB ? [octets / 1000, "kilobyte"] : [octets / MB, "megabyte"];
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit,
    maximumFractionDigits: amount < 10 ? 1 : 0,
  }).format(amount);
}
