import { SimpleGrid } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { CallDetails } from "@/api/calls";
import { useFormats } from "@/format";
import { Section } from "@/ui";
import classes from "./Summary.module.css";

export function Quality({ quality }: { quality: CallDetails["quality"] }) {
  const { t } = useTranslation();
  const format = useFormats();
  if (!quality) return null;
  const facts: [string, string][] = [
    [t("call.mos"), quality.mos?.toFixed(2) ?? "–"],
    [t("call.jitter"), `${quality.jitter_ms.toFixed(1)} ms`],
    [
      t("call.roundTrip"),
      quality.round_trip_ms === null ? "–" : `${quality.round_trip_ms.toFixed(1)} ms`,
    ],
    [t("call.received"), format.count(quality.packets_received)],
    [t("call.lost"), format.count(quality.packets_lost)],
    [t("call.sent"), format.count(quality.packets_sent)],
  ];
  return (
    <Section title={t("call.quality")}>
      <SimpleGrid cols={{ base: 2, sm: 6 }} component="dl" className={classes.facts}>
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </SimpleGrid>
    </Section>
  );
}
