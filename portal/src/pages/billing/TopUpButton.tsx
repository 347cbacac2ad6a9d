import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { topUp } from "@/api/billing";
import { useSession } from "@/api/session";
import { ErrorState } from "@/ui";

/** Adds to the balance of the customer whom the operator acts for. */
export function TopUpButton() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { currency, customer } = useSession();
  const [isOpen, modal] = useDisclosure();
  const [amount, setAmount] = useState("");
  const add = useMutation({
    mutationFn: () => topUp(amount),
    onSuccess: () => {
      setAmount("");
      modal.close();
      return client.invalidateQueries({ queryKey: ["billing"] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <>
      <Button leftSection={<Plus size={16} aria-hidden />} onClick={modal.open}>
        {t("billing.topUp")}
      </Button>
      <Modal
        opened={isOpen}
        onClose={modal.close}
        title={t("billing.topUpTitle", { name: customer?.name })}
      >
        <form onSubmit={submit}>
          <Stack>
            <TextInput
              label={t("billing.amountIn", { currency })}
              inputMode="decimal"
              placeholder="20.00"
              value={amount}
              onChange={({ currentTarget }) => setAmount(currentTarget.value)}
              required
              data-autofocus
            />
            {add.error ? <ErrorState error={add.error} /> : null}
            <Group justify="flex-end">
              <Button type="submit" loading={add.isPending}>
                {t("billing.topUp")}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
