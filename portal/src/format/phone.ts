/** `+442079460018` becomes `+44 207 946 0018`: a country code apart, then groups that can be read out. */

import i18next from "i18next";

const CODES = [
  "1",
  "7",
  "20",
  "27",
  "30",
  "31",
  "32",
  "33",
  "34",
  "36",
  "39",
  "40",
  "41",
  "43",
].concat(
  ["44", "45", "46", "47", "48", "49", "51", "52", "54", "55", "56", "57", "60", "61", "62", "63"],
  ["64", "65", "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98"],
);

export function formatPhone(number: string): string {
  if (number === "anonymous") return i18next.t("dialer.anonymous");
  // A draft that was tried without one.
  if (number === "test") return i18next.t("dialer.withoutNumber");
  if (!/^\+\d{7,15}$/.test(number)) return number;
  const digits = number.slice(1);
  const code = CODES.find((known) => digits.startsWith(known)) ?? digits.slice(0, 3);
  const rest = digits.slice(code.length);
  const tail = rest.slice(-4);
  const head = rest.slice(0, -4).replace(/\B(?=(\d{3})+$)/g, " ");
  return `+${code} ${head} ${tail}`.replace(/\s+/g, " ");
}
