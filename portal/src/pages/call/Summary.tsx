import { Anchor, Text, Tooltip } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Call } from "@/api/calls";
import { formatDuration, useFormats } from "@/format";
import { Mark } from "@/ui";
import classes from "./Summary.module.css";

/** How it ended, how long it was, what it cost, and what took it. */
export function Summary({ call }: { call: Call }) {
  const { t } = useTranslation();
  const format = useFormats();
  return (
    <dl className={classes.facts}>
      <Fact label={t("call.ended")}>
        {call.end_reason
          ? t(`statistics.reasons.${call.end_reason}`)
          : t(`live.status.${call.status}`)}
        {call.sip_code ? ` (SIP ${call.sip_code})` : ""}
      </Fact>
      <Fact label={t("statistics.duration")}>
        {call.answered_at ? formatDuration(call.duration_s) : t("statistics.answeredNo")}
      </Fact>
      <Fact label={t("statistics.price")}>
        {call.price === null ? t("call.notSettled") : format.money(call.price, call.currency)}{" "}
        {call.is_test ? (
          <Tooltip label={t("call.testHint")}>
            <span>
              <Mark>{t("statistics.testCall")}</Mark>
            </span>
          </Tooltip>
        ) : null}
      </Fact>
      <Fact label={t("statistics.application")}>
        {call.application && call.application_id ? (
          <Anchor component={Link} to={`/voice/applications/${call.application_id}`} inherit>
            {call.application}
          </Anchor>
        ) : (
          t("common.none")
        )}
        {call.application_version ? (
          <Text span size="sm" c="dimmed">
            {" "}
            {t("editor.version", { version: call.application_version })}
          </Text>
        ) : null}
        {call.application && call.application_version === null ? (
          <Text span size="sm" c="dimmed">
            {" "}
            {t("dialer.draft")}
          </Text>
        ) : null}
        {call.is_fallback_executed ? ` · ${t("statistics.fallback")}` : ""}
      </Fact>
      {call.mos ? <Fact label={t("call.mos")}>{format.count(call.mos)}</Fact> : null}
    </dl>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
