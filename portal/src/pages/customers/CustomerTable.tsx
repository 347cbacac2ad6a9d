import { Button, Group, Menu, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Customer, resumeCustomer, suspendCustomer } from "@/api/account";
import { actFor } from "@/api/acting";
import { useFormats } from "@/format";
import { type Column, ConfirmModal, CopyButton, DataTable, RowMenu, StatusDot } from "@/ui";

const TONES = { active: "good", suspended: "bad", closed: "off" } as const;

export function CustomerTable({ customers }: { customers: Customer[] }) {
  const { t } = useTranslation();
  const format = useFormats();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [suspending, setSuspending] = useState<Customer | null>(null);
  const change = useMutation({
    mutationFn: ({ id, status }: Customer) =>
      status === "suspended" ? resumeCustomer(id) : suspendCustomer(id),
    onSuccess: () => {
      setSuspending(null);
      return client.invalidateQueries({ queryKey: ["customers"] });
    },
  });
  const act = async (customer: Customer) => {
    actFor({ code: customer.id, name: customer.name });
    await client.resetQueries();
    await navigate({ to: "/" });
  };
  const columns: Column<Customer>[] = [
    {
      key: "name",
      title: t("common.name"),
      cell: (customer) => (
        <>
          <Text size="sm" fw={560}>
            {customer.name}
          </Text>
          <Group gap={2} wrap="nowrap">
            <Text size="xs" c="dimmed" ff="monospace">
              {customer.id}
            </Text>
            <CopyButton value={customer.id} />
          </Group>
        </>
      ),
    },
    {
      key: "status",
      title: t("common.status"),
      cell: ({ status }) => (
        <StatusDot tone={TONES[status]} text={t(`customers.status.${status}`)} />
      ),
    },
    {
      key: "balance",
      title: t("customers.balance"),
      isNumeric: true,
      isMinor: true,
      cell: ({ balance, currency }) => format.money(balance, currency),
    },
    {
      key: "actions",
      title: "",
      cell: (customer) =>
        customer.status === "closed" ? null : (
          <Group gap={6} justify="flex-end" wrap="nowrap">
            <Button size="compact-sm" variant="default" onClick={() => act(customer)}>
              {t("customers.actFor")}
            </Button>
            <RowMenu label={t("customers.actionsOf", { name: customer.name })}>
              <Menu.Item
                onClick={() =>
                  customer.status === "suspended"
                    ? change.mutate(customer)
                    : setSuspending(customer)
                }
              >
                {t(customer.status === "suspended" ? "customers.resume" : "customers.suspend")}
              </Menu.Item>
            </RowMenu>
          </Group>
        ),
    },
  ];
  return (
    <>
      <DataTable
        label={t("shell.pages.customers")}
        columns={columns}
        rows={customers}
        rowKey={(customer) => customer.id}
      />
      <ConfirmModal
        opened={suspending !== null}
        onClose={() => setSuspending(null)}
        title={t("customers.suspendTitle", { name: suspending?.name })}
        action={t("customers.suspend")}
        isBusy={change.isPending}
        error={change.error}
        onConfirm={() => suspending && change.mutate(suspending)}
      >
        {t("customers.suspendText")}
      </ConfirmModal>
    </>
  );
}
