import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { CallDetails, Charge } from "@/api/calls";
import { formatDuration, useFormats } from "@/format";
import { en } from "@/i18n/en";
import { Section } from "@/ui";
import classes from "./Receipt.module.css";

type Explained = keyof typeof en.call.explained;

const NAMES = Object.keys(en.call.explained) as Explained[];
const KINDS = ["call", "leg", "recording", "storage", "transcription"] as const;
type Kind = (typeof KINDS)[number];

const MONEY = new Set<Explained>(["connection_fee", "per_minute", "per_minute_month"]);

const isKind = (kind: string): kind is Kind => KINDS.some((known) => known === kind);

/** What an explanation says, in a fixed order; what does not apply is left out. */
function explained({ explanation }: Charge): [Explained, unknown][] {
  return NAMES.map((name): [Explained, unknown] => [name, explanation[name]]).filter(
    ([, value]) => value !== undefined && value !== "" && value !== false,
  );
}

/** The price line by line; each unfolds into what it can be worked out from again. */
export function Receipt({ call }: { call: CallDetails }) {
  const { t } = useTranslation();
  const format = useFormats();
  return (
    <Section title={t("statistics.price")} hint={call.charges.length ? undefined : t("call.free")}>
      {call.charges.length > 0 ? (
        <div className={classes.receipt}>
          {call.charges.map((charge) => (
            <Line key={charge.id} charge={charge} currency={call.currency} />
          ))}
          <div className={classes.total}>
            <span>{t("call.total")}</span>
            <span>{call.price === null ? "…" : format.money(call.price, call.currency)}</span>
          </div>
        </div>
      ) : null}
    </Section>
  );
}

function Line({ charge, currency }: { charge: Charge; currency: string }) {
  const { t } = useTranslation();
  const format = useFormats();
  const title = isKind(charge.kind) ? t(`call.charges.${charge.kind}`) : charge.kind;
  const shown = (name: Explained, value: unknown) => {
    if (name === "duration_ms") return formatDuration(Number(value) / 1000);
    if (value === true) return t("common.yes");
    return MONEY.has(name) ? format.money(String(value), currency) : String(value);
  };
  return (
    <details className={classes.line}>
      <summary>
        <span>{title}</span>
        <span>{format.money(charge.amount, currency)}</span>
      </summary>
      <dl className={classes.explanation}>
        {explained(charge).map(([name, value]) => (
          <div key={name}>
            <dt>{t(`call.explained.${name}`)}</dt>
            <dd>{shown(name, value)}</dd>
          </div>
        ))}
      </dl>
      <Text size="xs" c="dimmed">
        {format.moment(charge.created_at)}
      </Text>
    </details>
  );
}
