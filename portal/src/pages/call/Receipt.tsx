import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { CallDetails, Charge } from "@/api/calls";
import { useFormats } from "@/format";
import { Section } from "@/ui";
import classes from "./Receipt.module.css";

const KINDS = ["call", "leg", "recording", "storage", "transcription"] as const;
type Kind = (typeof KINDS)[number];

const isKind = (kind: string): kind is Kind => KINDS.some((known) => known === kind);

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
  return (
    <details className={classes.line}>
      <summary>
        <span>{title}</span>
        <span>{format.money(charge.amount, currency)}</span>
      </summary>
      <dl className={classes.explanation}>
        {Object.entries(charge.explanation as Record<string, unknown>).map(([name, value]) => (
          <div key={name}>
            <dt>{name.replace(/_/g, " ")}</dt>
            <dd>{typeof value === "object" ? JSON.stringify(value) : String(value)}</dd>
          </div>
        ))}
      </dl>
      <Text size="xs" c="dimmed">
        {format.moment(charge.created_at)}
      </Text>
    </details>
  );
}
