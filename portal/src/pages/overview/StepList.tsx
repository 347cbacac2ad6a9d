import { Button, Text, VisuallyHidden } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Check, Phone } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Section } from "@/ui";
import { CallDialog } from "../dialer/CallDialog";
import { numberChoice } from "../dialer/choices";
import classes from "./StepList.module.css";
import { STEPS, type Step } from "./steps";
import type { Way } from "./useSteps";

const LINKS = {
  buy: { to: "/numbers/buy", search: {} },
  application: { to: "/voice/applications", search: { make: true } },
  assign: { to: "/numbers", search: {} },
} as const;

/** The five steps to the first call, with the next one open. */
export function StepList({ way }: { way: Way }) {
  const { t } = useTranslation();
  return (
    <Section title={t("overview.steps")} hint={t("overview.stepsHint")}>
      <ol className={classes.steps}>
        {STEPS.map((step, index) => {
          const isDone = way.done.has(step);
          const isNext = step === way.next;
          return (
            <li
              key={step}
              className={classes.step}
              data-done={isDone || undefined}
              aria-current={isNext ? "step" : undefined}
            >
              <span className={classes.number} aria-hidden>
                {isDone ? <Check size={15} /> : index + 1}
              </span>
              <div className={classes.words}>
                <Text fw={560} size="sm">
                  {t(`overview.step.${step}`)}
                  {isDone ? <VisuallyHidden> ({t("overview.done")})</VisuallyHidden> : null}
                </Text>
                <Text size="sm" c="dimmed">
                  {t(`overview.stepText.${step}`)}
                </Text>
              </div>
              {isDone ? null : <StepAction step={step} isNext={isNext} way={way} />}
            </li>
          );
        })}
      </ol>
    </Section>
  );
}

interface StepActionProps {
  step: Step;
  isNext: boolean;
  way: Way;
}

function StepAction({ step, isNext, way }: StepActionProps) {
  const { t } = useTranslation();
  const [isCalling, setCalling] = useState(false);
  if (step === "signUp") return null;
  const variant = isNext ? "filled" : "default";
  if (step !== "call") {
    return (
      <Button
        variant={variant}
        className={classes.action}
        renderRoot={(props) => <Link {...props} {...LINKS[step]} />}
      >
        {t(`overview.stepAction.${step}`)}
      </Button>
    );
  }
  return (
    <>
      <Button
        variant={variant}
        className={classes.action}
        disabled={way.callable === undefined}
        leftSection={<Phone size={15} aria-hidden />}
        onClick={() => setCalling(true)}
      >
        {t("overview.stepAction.call")}
      </Button>
      <CallDialog
        opened={isCalling}
        onClose={() => setCalling(false)}
        choices={way.callable ? [numberChoice(way.callable)] : []}
      />
    </>
  );
}
