import { Select } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { applicationsQuery } from "@/api/applications";
import { changeNumber, type HeldNumber } from "@/api/numbers";
import { Problem } from "@/api/problem";
import { useSession } from "@/api/session";
import { formatPhone } from "@/format";

interface ApplicationSelectProps {
  held: HeldNumber;
  field: "primary_application_id" | "fallback_application_id";
}

/** Assigns an application at once: the next call follows. */
export function ApplicationSelect({ held, field }: ApplicationSelectProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const applications = useQuery(applicationsQuery);
  const canChange = useSession().can("developer");
  const assign = useMutation({
    mutationFn: (id: string | null) => changeNumber(held.number, { [field]: id }),
    onSuccess: () => notifications.show({ message: t("numbers.assigned") }),
    onError: (error) => notifications.show({ color: "red", message: Problem.from(error).detail }),
    onSettled: () => client.invalidateQueries({ queryKey: ["numbers"] }),
  });
  const label = t(field === "primary_application_id" ? "numbers.primary" : "numbers.fallback");
  return (
    <Select
      size="xs"
      miw={112}
      aria-label={`${label}: ${formatPhone(held.number)}`}
      placeholder={t("common.none")}
      data={(applications.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      value={assign.isPending ? assign.variables : held[field]}
      disabled={!canChange}
      clearable
      searchable
      onChange={(id) => assign.mutate(id)}
    />
  );
}
