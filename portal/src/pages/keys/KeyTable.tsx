import { Badge, Menu, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { RefreshCw, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type ApiKey, type IssuedKey, revokeKey, rotateKey } from "@/api/keys";
import { Ago, type Column, ConfirmModal, DataTable, RowMenu, StatusDot } from "@/ui";

const DAY_S = 86_400;
const TONES = { active: "good", expired: "off", revoked: "off" } as const;

interface KeyTableProps {
  keys: ApiKey[];
  onIssued: (key: IssuedKey) => void;
}

export function KeyTable({ keys, onIssued }: KeyTableProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: ["keys"] });
  const revoke = useMutation({
    mutationFn: (key: ApiKey) => revokeKey(key.id),
    onSuccess: () => {
      setRevoking(null);
      return refresh();
    },
  });
  const rotate = useMutation({
    mutationFn: (key: ApiKey) => rotateKey(key.id, DAY_S),
    onSuccess: (issued) => {
      onIssued(issued);
      return refresh();
    },
  });

  const columns: Column<ApiKey>[] = [
    {
      key: "name",
      title: t("common.name"),
      cell: (key) => (
        <Text size="sm" fw={560}>
          {key.name}
        </Text>
      ),
    },
    {
      key: "role",
      title: t("keys.role"),
      isMinor: true,
      cell: (key) => (
        <Badge variant="light" color="gray" radius="sm" tt="none">
          {t(`roles.${key.role}`)}
        </Badge>
      ),
    },
    {
      key: "status",
      title: t("common.status"),
      cell: (key) => <StatusDot tone={TONES[key.status]} text={t(`keys.status.${key.status}`)} />,
    },
    { key: "used", title: t("keys.lastUsed"), cell: (key) => <Ago moment={key.last_used_at} /> },
    {
      key: "created",
      title: t("keys.created"),
      isMinor: true,
      cell: (key) => <Ago moment={key.created_at} />,
    },
    {
      key: "actions",
      title: "",
      width: 48,
      cell: (key) =>
        key.status === "active" ? (
          <KeyMenu
            item={key}
            onRotate={() => rotate.mutate(key)}
            onRevoke={() => setRevoking(key)}
          />
        ) : null,
    },
  ];

  return (
    <>
      <DataTable
        label={t("shell.pages.keys")}
        columns={columns}
        rows={keys}
        rowKey={(key) => key.id}
      />
      <ConfirmModal
        opened={revoking !== null}
        onClose={() => setRevoking(null)}
        title={t("keys.revokeTitle", { name: revoking?.name })}
        action={t("keys.revoke")}
        isBusy={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoking && revoke.mutate(revoking)}
      >
        {t("keys.revokeText")}
      </ConfirmModal>
    </>
  );
}

interface KeyMenuProps {
  item: ApiKey;
  onRotate: () => void;
  onRevoke: () => void;
}

function KeyMenu({ item, onRotate, onRevoke }: KeyMenuProps) {
  const { t } = useTranslation();
  return (
    <RowMenu label={t("keys.actionsOf", { name: item.name })}>
      <Menu.Item leftSection={<RefreshCw size={15} aria-hidden />} onClick={onRotate}>
        {t("keys.rotate")}
      </Menu.Item>
      <Menu.Item leftSection={<Trash2 size={15} aria-hidden />} color="red.8" onClick={onRevoke}>
        {t("keys.revoke")}
      </Menu.Item>
    </RowMenu>
  );
}
