import { Button, FileButton, Group, Modal, Stack, Table, Text, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { importInventory } from "@/api/inventory";
import { Problem } from "@/api/problem";
import { ErrorState } from "@/ui";

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
        <Text size="sm" c="dimmed">
          {t("inventory.columns")}
        </Text>
        <Textarea
          aria-label="CSV"
          placeholder={EXAMPLE}
          value={csv}
          onChange={({ currentTarget }) => setCsv(currentTarget.value)}
          rows={8}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 12 } }}
        />
        {load.error ? <ErrorState error={load.error} /> : null}
        {load.error ? <RowErrors problem={Problem.from(load.error)} /> : null}
        <Group justify="space-between">
          <FileButton
            accept="text/csv,.csv"
            onChange={async (file) => file && setCsv(await file.text())}
          >
            {(props) => (
              <Button variant="default" {...props}>
                {t("inventory.chooseFile")}
              </Button>
            )}
          </FileButton>
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

const shown = (value: unknown) => (value === undefined || value === null ? "" : String(value));

function RowErrors({ problem }: { problem: Problem }) {
  const errors = Array.isArray(problem.body.errors) ? problem.body.errors : [];
  const names = [...new Set(errors.flatMap((each) => Object.keys(each)))];
  if (errors.length === 0) return null;
  return (
    <Table fz="xs">
      <Table.Thead>
        <Table.Tr>
          {names.map((name) => (
            <Table.Th key={name}>{name}</Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {errors.map((each) => (
          <Table.Tr key={JSON.stringify(each)}>
            {names.map((name) => (
              <Table.Td key={name}>{shown(each[name])}</Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
