import { Modal, Select, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { createCustomer } from "@/api/account";
import { FormEnd } from "@/ui";

const CURRENCIES = ["EUR", "GBP", "USD", "RON", "CHF"];

export function NewCustomerModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const form = useForm({
    initialValues: { name: "", currency: "EUR", opening_balance: "", owner_email: "" },
  });
  const create = useMutation({
    mutationFn: (values: typeof form.values) =>
      createCustomer({
        name: values.name,
        currency: values.currency,
        opening_balance: values.opening_balance || null,
        owner_email: values.owner_email || null,
      }),
    onSuccess: () => {
      form.reset();
      onClose();
      return client.invalidateQueries({ queryKey: ["customers"] });
    },
  });
  return (
    <Modal opened={opened} onClose={onClose} title={t("customers.new")}>
      <form onSubmit={form.onSubmit((values) => create.mutate(values))}>
        <Stack>
          <TextInput
            label={t("common.name")}
            required
            data-autofocus
            {...form.getInputProps("name")}
          />
          <Select
            label={t("auth.currency")}
            data={CURRENCIES}
            allowDeselect={false}
            {...form.getInputProps("currency")}
          />
          <TextInput
            label={t("customers.openingBalance")}
            description={t("customers.openingHint")}
            placeholder="20.00"
            inputMode="decimal"
            {...form.getInputProps("opening_balance")}
          />
          <TextInput
            label={t("customers.ownerEmail")}
            description={t("customers.ownerHint")}
            type="email"
            {...form.getInputProps("owner_email")}
          />
          <FormEnd
            action={t("common.create")}
            isBusy={create.isPending}
            error={create.error}
            onCancel={onClose}
          />
        </Stack>
      </form>
    </Modal>
  );
}
