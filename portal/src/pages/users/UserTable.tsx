import { ActionIcon, Select, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { UserMinus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { changeRole, removeUser, type User } from "@/api/account";
import { Ago, type Column, ConfirmModal, DataTable, ErrorState, StatusDot } from "@/ui";

const ROLES = ["viewer", "developer", "owner"] as const;

interface UserTableProps {
  users: User[];
  ownId?: string;
  canChange: boolean;
}

export function UserTable({ users, ownId, canChange }: UserTableProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [removing, setRemoving] = useState<User | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: ["users"] });
  const change = useMutation({
    mutationFn: ({ id, role }: { id: string; role: User["role"] }) => changeRole(id, role),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: (user: User) => removeUser(user.id),
    onSuccess: () => {
      setRemoving(null);
      return refresh();
    },
  });
  const columns: Column<User>[] = [
    {
      key: "name",
      title: t("common.name"),
      cell: (user) => (
        <>
          <Text size="sm" fw={560}>
            {user.name}
          </Text>
          <Text size="xs" c="dimmed">
            {user.email}
          </Text>
        </>
      ),
    },
    {
      key: "role",
      title: t("keys.role"),
      cell: (user) =>
        canChange && user.id !== ownId && user.role !== "operator" ? (
          <Select
            size="xs"
            w={150}
            aria-label={t("users.roleOf", { name: user.name })}
            data={ROLES.map((value) => ({ value, label: t(`roles.${value}`) }))}
            value={user.role}
            allowDeselect={false}
            onChange={(role) => change.mutate({ id: user.id, role: role as User["role"] })}
          />
        ) : (
          t(`roles.${user.role}`)
        ),
    },
    {
      key: "factor",
      title: t("security.secondFactor"),
      isMinor: true,
      cell: (user) => (
        <StatusDot
          tone={user.is_totp_on ? "good" : "off"}
          text={t(user.is_totp_on ? "common.yes" : "common.no")}
        />
      ),
    },
    {
      key: "seen",
      title: t("users.lastLogin"),
      isMinor: true,
      cell: (user) => <Ago moment={user.last_login_at} />,
    },
    {
      key: "actions",
      title: "",
      width: 48,
      cell: (user) =>
        canChange && user.id !== ownId ? (
          <ActionIcon
            variant="subtle"
            color="gray"
            onClick={() => setRemoving(user)}
            aria-label={t("users.removeUser", { name: user.name })}
          >
            <UserMinus size={16} aria-hidden />
          </ActionIcon>
        ) : null,
    },
  ];
  return (
    <>
      {change.error ? <ErrorState error={change.error} /> : null}
      <DataTable
        label={t("shell.pages.users")}
        columns={columns}
        rows={users}
        rowKey={(user) => user.id}
      />
      <ConfirmModal
        opened={removing !== null}
        onClose={() => setRemoving(null)}
        title={t("users.removeTitle", { name: removing?.name })}
        action={t("users.remove")}
        isBusy={remove.isPending}
        error={remove.error}
        onConfirm={() => removing && remove.mutate(removing)}
      >
        {t("users.removeText")}
      </ConfirmModal>
    </>
  );
}
