import { useTranslation } from "react-i18next";
import { formatAgo, formatDay, formatMoment, formatTime } from "./moments";
import { formatMoney } from "./money";
import { formatSize } from "./size";

/** The formats in the reader's language. */
export function useFormats() {
  const { i18n } = useTranslation();
  // Days before months, as on our invoices; American English would turn them round.
  const language = i18n.language === "en" ? "en-GB" : i18n.language;
  return {
    language,
    money: (amount: string | number, currency: string) => formatMoney(amount, currency, language),
    moment: (iso: string) => `${formatMoment(iso, language)} UTC`,
    day: (iso: string) => formatDay(iso, language),
    time: (iso: string) => formatTime(iso, language),
    ago: (iso: string) => formatAgo(iso, language),
    /** Octets as kB or MB. */
    size: (octets: number) => formatSize(octets, language),
    count: (number: number) => new Intl.NumberFormat(language).format(number),
  };
}

export { formatDuration } from "./moments";
export { formatPhone } from "./phone";
