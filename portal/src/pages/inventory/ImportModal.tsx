import { Button, Group, Modal, Stack } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { importInventory } from "@/api/inventory";
import { SheetEntry } from "@/ui";

const EXAMPLE = "number,country,type,area\n+442079460001,GB,local,London";

/** All rows of a CSV, or none: what is wrong is told by line and column, all at once. */
export function ImportModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [csv, setCsv] = useState("");
  const load = useMutation({
    mutationFn: () => importInventory(csv),
    onSuccess: ({ imported }) => {
      setCsv("");
      onClose();
      notifications.show({ message: t("inventory.imported", { count: imported }) });
      return client.invalidateQueries({ queryKey: ["inventory"] });
    },
  });
  return (
    <Modal opened={opened} onClose={onClose} title={t("inventory.import")} size="lg">
      <Stack>
        <SheetEntry
          csv={csv}
          onChange={setCsv}
          columns={t("inventory.columns")}
          example={EXAMPLE}
          error={load.error}
        />
        <Group justify="flex-end">
          <Button
            disabled={csv.trim() === ""}
            loading={load.isPending}
            onClick={() => load.mutate()}
          >
            {t("inventory.import")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
