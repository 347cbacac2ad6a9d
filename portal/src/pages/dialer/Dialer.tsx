import { Anchor, Box, Button, Select, Stack, Text, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Phone, PhoneOff } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Target } from "@/api/browserCalls";
import classes from "./CallDialog.module.css";
import { Keypad } from "./Keypad";
import { LevelMeter } from "./LevelMeter";
import { Speaker } from "./Speaker";
import { TalkStatus } from "./TalkStatus";
import { TroubleState } from "./TroubleState";
import { isGoing, useLine } from "./useLine";
import { type Microphone, useMicrophone } from "./useMicrophone";

const CALLER = "^(\\+[1-9][0-9]{4,14})?$";

/** Something to call, and what is to be known of it. */
export interface Choice {
  label: string;
  hint?: string;
  target: Target;
}

export interface DialerProps {
  /** What may be called; the first is proposed. */
  choices: readonly Choice[];
  /** Done before the call is placed. */
  prepare?: () => Promise<unknown>;
  /** Tells the call that is going on, and each key. */
  onCall?: (id: string | null) => void;
  onKey?: (key: string) => void;
}

/** A telephone in the page. */
export function Dialer({ choices, prepare, onCall, onKey }: DialerProps) {
  const { t } = useTranslation();
  const microphone = useMicrophone();
  const { talk, call, press, hangUp } = useLine(microphone.stream, prepare);
  const [chosen, setChosen] = useState("0");
  const form = useRef<HTMLFormElement>(null);
  const [caller, setCaller] = useState("");
  const isBusy = isGoing(talk);
  const going = isBusy ? talk.id : null;
  const choice = choices[Number(chosen)] ?? choices[0];

  useEffect(() => onCall?.(going), [going, onCall]);
  useEffect(() => () => onCall?.(null), [onCall]);

  // The button that was pressed is gone: who uses the keyboard is still here, and on no other button.
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever a call begins or ends
  useEffect(() => {
    if (talk.state !== "idle") form.current?.focus();
  }, [isBusy]);

  if (!choice) return <NoNumber />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void call(choice.target, caller.trim() || "anonymous");
  };
  const pressed = (key: string) => {
    press(key);
    onKey?.(key);
  };
  return (
    <form ref={form} tabIndex={-1} onSubmit={submit} className={classes.held}>
      <Stack gap="sm">
        {isBusy ? (
          <Text size="sm" fw={560}>
            {choice.label}
          </Text>
        ) : (
          <Select
            size="xs"
            label={t("dialer.whom")}
            data={choices.map(({ label }, index) => ({ value: String(index), label }))}
            value={chosen}
            onChange={(index) => index && setChosen(index)}
            allowDeselect={false}
          />
        )}
        {isBusy ? null : (
          <TextInput
            size="xs"
            label={t("dialer.caller")}
            placeholder={t("dialer.anonymous")}
            value={caller}
            onChange={({ currentTarget }) => setCaller(currentTarget.value)}
            pattern={CALLER}
            title={t("dialer.callerHint")}
            inputMode="tel"
          />
        )}
        {choice.hint && !isBusy ? (
          <Text size="xs" c="dimmed">
            {choice.hint}
          </Text>
        ) : null}
        {/* On a telephone the graph and the keys need the room while one talks. */}
        <Box visibleFrom={isBusy && !microphone.trouble ? "md" : undefined}>
          <MicrophoneChoice microphone={microphone} />
        </Box>
        <LevelMeter label={t("dialer.you")} sound={microphone.stream} />
        <LevelMeter label={t("dialer.platform")} sound={talk.sound} />
        <Speaker sound={talk.sound} />
        <TalkStatus talk={talk} />
        {isBusy ? (
          <>
            <Keypad isOff={talk.state !== "answered"} onKey={pressed} />
            <Button color="red.8" leftSection={<PhoneOff size={16} aria-hidden />} onClick={hangUp}>
              {t("dialer.hangUp")}
            </Button>
          </>
        ) : (
          <Button
            type="submit"
            leftSection={<Phone size={16} aria-hidden />}
            disabled={!microphone.stream}
          >
            {t("dialer.call")}
          </Button>
        )}
      </Stack>
    </form>
  );
}

function NoNumber() {
  const { t } = useTranslation();
  return (
    <Text size="sm">
      {t("dialer.noNumber")}{" "}
      <Anchor component={Link} to="/numbers" size="sm">
        {t("shell.pages.myNumbers")}
      </Anchor>
    </Text>
  );
}

function MicrophoneChoice({ microphone }: { microphone: Microphone }) {
  const { t } = useTranslation();
  const { trouble } = microphone;
  if (trouble) return <TroubleState trouble={trouble} onRetry={microphone.retry} />;
  return (
    <Select
      size="xs"
      label={t("dialer.microphone")}
      placeholder={t("dialer.askingForMicrophone")}
      data={microphone.all}
      value={microphone.chosen}
      onChange={(id) => id && microphone.choose(id)}
      allowDeselect={false}
      disabled={!microphone.stream}
    />
  );
}
