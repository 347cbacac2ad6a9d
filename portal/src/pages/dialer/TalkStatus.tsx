import { Anchor, Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { formatDuration } from "@/format";
import { StatusDot } from "@/ui";
import { TroubleState } from "./TroubleState";
import { isGoing, type Talk } from "./useLine";

const SECOND_MS = 1000;
const REFUSED_FROM = 300;

/** How far the call has come, how long it lasts, what was pressed, and how it ended. */
export function TalkStatus({ talk }: { talk: Talk }) {
  const { t } = useTranslation();
  const seconds = useSeconds(talk);
  if (talk.state === "idle") return null;
  const tone = talk.state === "answered" ? "good" : isGoing(talk) ? "waiting" : "off";
  return (
    <div aria-live="polite">
      {talk.error ? <TroubleState trouble={talk.error} /> : null}
      <Group gap="sm" justify="space-between">
        <StatusDot tone={tone} text={t(`dialer.state.${talk.state}`)} />
        <Text size="sm" className="tabular" aria-live="off">
          {talk.answeredAt === null ? "" : formatDuration(seconds)}
        </Text>
      </Group>
      {talk.keys ? (
        <Text size="xs" c="dimmed" className="tabular">
          {t("dialer.pressed", { keys: talk.keys })}
        </Text>
      ) : null}
      {talk.state === "ended" ? (
        <Group gap="sm" justify="space-between">
          <Text size="sm" c="dimmed">
            {endingOf(talk, t)}
          </Text>
          {talk.id ? (
            <Anchor component={Link} to={`/voice/statistics/${talk.id}`} size="sm">
              {t("dialer.record")}
            </Anchor>
          ) : null}
        </Group>
      ) : null}
    </div>
  );
}

/** How the call ended, in words where the platform said no more than a code. */
function endingOf({ news, error }: Talk, t: TFunction): string {
  if (error) return "";
  if (!news) return t("dialer.ending.here");
  const { sip_code: code, reason = "" } = news;
  if (code === undefined) return reason;
  if (code < REFUSED_FROM) return t("dialer.ending.there");
  if (code === 486 || code === 600) return t("dialer.ending.busy");
  if (code === 503 || code === 480) return t("dialer.ending.noRoom", { code });
  if (code === 404) return t("dialer.ending.notFound");
  if (code === 402 || code === 403) return t("dialer.ending.notAllowed", { code });
  return t("dialer.ending.refused", { code, reason });
}

function useSeconds({ answeredAt, endedAt }: Talk): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (answeredAt === null || endedAt !== null) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), SECOND_MS);
    return () => clearInterval(timer);
  }, [answeredAt, endedAt]);
  return answeredAt === null ? 0 : ((endedAt ?? now) - answeredAt) / SECOND_MS;
}
