import { Modal, NumberInput, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { changeNumber, type HeldNumber } from "@/api/numbers";
import { formatPhone } from "@/format";
import { FormEnd } from "@/ui";

export function LimitsModal({ held, onClose }: { held: HeldNumber | null; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={held !== null}
      onClose={onClose}
      title={t("numbers.limitsOf", { number: held ? formatPhone(held.number) : "" })}
    >
      {held ? <LimitsForm held={held} onClose={onClose} /> : null}
    </Modal>
  );
}

const orNull = (value: number | string) => (typeof value === "number" ? value : null);

function LimitsForm({ held, onClose }: { held: HeldNumber; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const form = useForm<Record<keyof HeldNumber["limits"], number | string>>({
    initialValues: {
      max_concurrent_calls: held.limits.max_concurrent_calls ?? "",
      max_calls_per_second: held.limits.max_calls_per_second ?? "",
      max_call_s: held.limits.max_call_s ?? "",
    },
  });
  const save = useMutation({
    mutationFn: (values: typeof form.values) =>
      changeNumber(held.number, {
        limits: {
          max_concurrent_calls: orNull(values.max_concurrent_calls),
          max_calls_per_second: orNull(values.max_calls_per_second),
          max_call_s: orNull(values.max_call_s),
        },
      }),
    onSuccess: () => {
      onClose();
      return client.invalidateQueries({ queryKey: ["numbers"] });
    },
  });
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack>
        <NumberInput
          label={t("numbers.maxConcurrent")}
          description={t("numbers.limitHint")}
          min={1}
          allowDecimal={false}
          {...form.getInputProps("max_concurrent_calls")}
        />
        <NumberInput
          label={t("numbers.maxRate")}
          min={0}
          {...form.getInputProps("max_calls_per_second")}
        />
        <NumberInput
          label={t("numbers.maxLength")}
          min={1}
          suffix=" s"
          {...form.getInputProps("max_call_s")}
        />
        <FormEnd
          action={t("common.save")}
          isBusy={save.isPending}
          error={save.error}
          onCancel={onClose}
        />
      </Stack>
    </form>
  );
}
