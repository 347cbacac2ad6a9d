import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type AvailableNumber, buyNumber } from "@/api/numbers";
import { formatPhone, useFormats } from "@/format";
import { ErrorState } from "@/ui";

/** What is paid now and what every month, said before the button. */
export function BuyModal({
  number,
  onClose,
}: {
  number: AvailableNumber | null;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const format = useFormats();
  const client = useQueryClient();
  const navigate = useNavigate();
  const buy = useMutation({
    mutationFn: (wanted: AvailableNumber) => buyNumber(wanted.number),
    onSuccess: async (bought) => {
      onClose();
      notifications.show({ message: t("numbers.bought", { number: formatPhone(bought.number) }) });
      await Promise.all(
        [["numbers"], ["available-numbers"], ["billing"]].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      );
      await navigate({ to: "/numbers" });
    },
  });
  const close = () => {
    buy.reset();
    onClose();
  };
  return (
    <Modal
      opened={number !== null}
      onClose={close}
      title={t("numbers.buyNumber", { number: number ? formatPhone(number.number) : "" })}
    >
      {number ? (
        <Stack>
          <Text size="sm">
            {t("numbers.buyText", {
              setUp: format.money(number.set_up_fee, number.currency),
              monthly: format.money(number.monthly_fee, number.currency),
            })}
          </Text>
          {buy.error ? <ErrorState error={buy.error} /> : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              {t("common.cancel")}
            </Button>
            <Button data-autofocus loading={buy.isPending} onClick={() => buy.mutate(number)}>
              {t("numbers.buy")}
            </Button>
          </Group>
        </Stack>
      ) : null}
    </Modal>
  );
}
