import { Group, Modal, Stack, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "@/api/session";
import { loadTariff } from "@/api/tariffs";
import { dayOf } from "@/format/moments";
import { FormEnd, SheetEntry } from "@/ui";

const EXAMPLE =
  "service,prefix,connection_fee,per_minute,first,next\ndial,default,0.05,0.50,60,60\ndial,44,,0.010,30,6";

/** The next version of a price list, or the first of another. */
export function LoadTariffModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const session = useSession();
  const today = dayOf(new Date());
  const [name, setName] = useState("standard");
  const [currency, setCurrency] = useState(session.currency);
  const [day, setDay] = useState("");
  const [csv, setCsv] = useState("");
  const load = useMutation({
    mutationFn: () => loadTariff({ name, currency, day: day || undefined, csv }),
    onSuccess: (loaded) => {
      setCsv("");
      onClose();
      notifications.show({ message: t("tariffs.loaded", loaded) });
      return client.invalidateQueries({ queryKey: ["tariffs"] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    load.mutate();
  };
  return (
    <Modal opened={opened} onClose={onClose} title={t("tariffs.load")} size="lg">
      <form onSubmit={submit}>
        <Stack>
          <Group grow align="flex-start">
            <TextInput
              label={t("tariffs.name")}
              value={name}
              onChange={({ currentTarget }) => setName(currentTarget.value)}
              maxLength={64}
              required
            />
            <TextInput
              label={t("tariffs.currency")}
              value={currency}
              onChange={({ currentTarget }) => setCurrency(currentTarget.value.toUpperCase())}
              pattern="[A-Z]{3}"
              maxLength={3}
              required
            />
          </Group>
          <TextInput
            type="date"
            label={t("tariffs.from")}
            description={t("tariffs.fromHint")}
            value={day}
            min={today}
            onChange={({ currentTarget }) => setDay(currentTarget.value)}
          />
          <SheetEntry
            csv={csv}
            onChange={setCsv}
            columns={t("tariffs.columns")}
            example={EXAMPLE}
            error={load.error}
          />
          <FormEnd
            action={t("tariffs.load")}
            isOff={csv.trim() === ""}
            isBusy={load.isPending}
            error={null}
            onCancel={onClose}
          />
        </Stack>
      </form>
    </Modal>
  );
}
