import { Anchor, Button, Select, Stack, Text, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Phone, PhoneOff } from "lucide-react";
import { type FormEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { formatPhone } from "@/format";
import { Keypad } from "./Keypad";
import { LevelMeter } from "./LevelMeter";
import { Speaker } from "./Speaker";
import { TalkStatus } from "./TalkStatus";
import { TroubleState } from "./TroubleState";
import { isGoing, useLine } from "./useLine";
import { type Microphone, useMicrophone } from "./useMicrophone";

const CALLER = "^(\\+[1-9][0-9]{4,14})?$";

export interface DialerProps {
  /** What may be called; the first is proposed. */
  numbers: readonly string[];
  hint?: string;
  /** Tells the call that is going on, and each key. */
  onCall?: (id: string | null) => void;
  onKey?: (key: string) => void;
}

/** A telephone in the page. */
export function Dialer({ numbers, hint, onCall, onKey }: DialerProps) {
  const { t } = useTranslation();
  const microphone = useMicrophone();
  const { talk, call, press, hangUp } = useLine(microphone.stream);
  const [number, setNumber] = useState(numbers[0] ?? "");
  const [caller, setCaller] = useState("");
  const isBusy = isGoing(talk);
  const going = isBusy ? talk.id : null;

  useEffect(() => onCall?.(going), [going, onCall]);
  useEffect(() => () => onCall?.(null), [onCall]);

  if (numbers.length === 0) return <NoNumber />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void call(number, caller.trim() || "anonymous");
  };
  const pressed = (key: string) => {
    press(key);
    onKey?.(key);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Select
          size="xs"
          label={t("dialer.number")}
          data={numbers.map((each) => ({ value: each, label: formatPhone(each) }))}
          value={number}
          onChange={(chosen) => chosen && setNumber(chosen)}
          allowDeselect={false}
          disabled={isBusy}
        />
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
        {hint && !isBusy ? (
          <Text size="xs" c="dimmed">
            {hint}
          </Text>
        ) : null}
        <MicrophoneChoice microphone={microphone} />
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
