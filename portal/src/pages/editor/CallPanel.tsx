import { useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { Application } from "@/api/applications";
import { type HeldNumber, numbersQuery } from "@/api/numbers";
import { formatPhone } from "@/format";
import { numberChoice } from "../dialer/choices";
import { type Choice, Dialer, type DialerProps } from "../dialer/Dialer";
import { useHeldFocus } from "../dialer/useHeldFocus";
import { SidePanel } from "./SidePanel";

interface CallPanelProps extends Pick<DialerProps, "onCall" | "onKey"> {
  application: Application;
  saveDraft: () => Promise<unknown>;
  onClose: () => void;
}

/** A telephone beside the graph, so that one sees where the call is. Closing it hangs up. */
export function CallPanel({ application, saveDraft, onClose, ...listeners }: CallPanelProps) {
  const { t } = useTranslation();
  const { data: numbers } = useQuery(numbersQuery);
  const held = useHeldFocus<HTMLElement>();
  return (
    <SidePanel title={t("dialer.title")} onClose={onClose} panel={held}>
      {numbers ? (
        <Dialer choices={choicesOf(application, numbers, t)} prepare={saveDraft} {...listeners} />
      ) : null}
    </SidePanel>
  );
}

/** The draft, at a number that runs the application if there is one; then the numbers that run it. */
function choicesOf(application: Application, held: readonly HeldNumber[], t: TFunction): Choice[] {
  const running = held
    .filter((each) => application.numbers.includes(each.number))
    .map(({ number }) => number);
  const [number] = running;
  const draft: Choice = {
    label: t("dialer.draft"),
    hint: number ? t("dialer.draftHint", { number: formatPhone(number) }) : t("dialer.draftAlone"),
    target: { number, application_id: application.id },
  };
  return [draft, ...running.map((each) => numberChoice(each, t("dialer.published")))];
}
