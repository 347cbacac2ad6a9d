import { Button, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { applicationsQuery } from "@/api/applications";
import { aggregatesQuery, type CallFilter, type EndReason } from "@/api/calls";
import { formatPhone } from "@/format";
import { dayOf } from "@/format/moments";
import classes from "./Filters.module.css";

const REASONS: EndReason[] = [
  "CallerHungUp",
  "FlowEnded",
  "DialEnded",
  "LimitReached",
  "Rejected",
  "Abandoned",
  "MediaTimeout",
  "Error",
  "Interrupted",
];
const TYPED_MS = 350;

interface FiltersProps {
  filter: CallFilter;
  onChange: (changed: Partial<CallFilter>) => void;
}

/** Everything the list is filtered by; it stands in the address, so that a view can be sent on. */
export function Filters({ filter, onChange }: FiltersProps) {
  const { t } = useTranslation();
  const applications = useQuery(applicationsQuery);
  // Of all numbers that had calls in the period: also those that were given back since.
  const numbers = useQuery(
    aggregatesQuery({ from: filter.from, to: filter.to }, undefined, "number"),
  );
  const names = (numbers.data?.items ?? [])
    .map((item) => item.name)
    .filter((name) => name !== null);
  const caller = useDebouncedCallback(
    (text: string) => onChange({ caller: text || undefined }),
    TYPED_MS,
  );
  return (
    <div className={classes.filters}>
      <Period filter={filter} onChange={onChange} />
      <Select
        aria-label={t("statistics.number")}
        placeholder={t("statistics.number")}
        data={[...new Set(names)].map((value) => ({ value, label: formatPhone(value) }))}
        value={filter.number ?? null}
        onChange={(number) => onChange({ number: number ?? undefined })}
        clearable
        searchable
      />
      <Select
        aria-label={t("statistics.application")}
        placeholder={t("statistics.application")}
        data={(applications.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={filter.application ?? null}
        onChange={(application) => onChange({ application: application ?? undefined })}
        clearable
        searchable
      />
      <Select
        aria-label={t("statistics.answered")}
        placeholder={t("statistics.answered")}
        data={[
          { value: "yes", label: t("statistics.answeredYes") },
          { value: "no", label: t("statistics.answeredNo") },
        ]}
        value={filter.answered ?? null}
        onChange={(value) => onChange({ answered: (value as "yes" | "no" | null) ?? undefined })}
        clearable
      />
      <Select
        aria-label={t("statistics.reason")}
        placeholder={t("statistics.reason")}
        data={REASONS.map((value) => ({ value, label: t(`statistics.reasons.${value}`) }))}
        value={filter.reason ?? null}
        onChange={(value) => onChange({ reason: (value as EndReason | null) ?? undefined })}
        clearable
      />
      <Select
        aria-label={t("statistics.test")}
        placeholder={t("statistics.test")}
        data={[
          { value: "yes", label: t("statistics.testYes") },
          { value: "no", label: t("statistics.testNo") },
        ]}
        value={filter.test ?? null}
        onChange={(value) => onChange({ test: (value as "yes" | "no" | null) ?? undefined })}
        clearable
      />
      <TextInput
        aria-label={t("statistics.caller")}
        placeholder={t("statistics.caller")}
        defaultValue={filter.caller}
        onChange={({ currentTarget }) => caller(currentTarget.value)}
      />
    </div>
  );
}

function Period({ filter, onChange }: FiltersProps) {
  const { t } = useTranslation();
  const today = new Date();
  const month = `${dayOf(today).slice(0, 8)}01`;
  return (
    <div className={classes.period}>
      <TextInput
        type="date"
        aria-label={t("statistics.from")}
        value={filter.from}
        max={filter.to}
        onChange={({ currentTarget }) =>
          currentTarget.value && onChange({ from: currentTarget.value })
        }
      />
      <span aria-hidden>–</span>
      <TextInput
        type="date"
        aria-label={t("statistics.to")}
        value={filter.to}
        min={filter.from}
        onChange={({ currentTarget }) =>
          currentTarget.value && onChange({ to: currentTarget.value })
        }
      />
      <Button
        variant="subtle"
        size="compact-sm"
        onClick={() => onChange({ from: month, to: dayOf(today) })}
      >
        {t("statistics.thisMonth")}
      </Button>
    </div>
  );
}
