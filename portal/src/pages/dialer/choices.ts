import { formatPhone } from "@/format";
import type { Choice } from "./Dialer";

export const numberChoice = (number: string, hint?: string): Choice => ({
  label: formatPhone(number),
  hint,
  target: { number },
});
