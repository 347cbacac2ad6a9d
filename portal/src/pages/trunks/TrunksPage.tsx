import { Button, Menu, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Pencil, Plus, Route, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { removeTrunk, type Trunk, trunksQuery } from "@/api/trunks";
import { type Column, ConfirmModal, DataTable, EmptyState, Loaded, Page, RowMenu } from "@/ui";
import { TrunkModal } from "./TrunkModal";

const EVERY = "*";

/** The carriers that dialled calls leave through. */
export function TrunksPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const query = useQuery(trunksQuery);
  const [isOpen, setOpen] = useState(false);
  const [changing, setChanging] = useState<Trunk | null>(null);
  const [removing, setRemoving] = useState<Trunk | null>(null);
  const remove = useMutation({
    mutationFn: ({ name }: Trunk) => removeTrunk(name),
    onSuccess: () => {
      setRemoving(null);
      return client.invalidateQueries({ queryKey: ["trunks"] });
    },
  });
  const open = (trunk: Trunk | null) => {
    setChanging(trunk);
    setOpen(true);
  };
  const create = (
    <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => open(null)}>
      {t("trunks.new")}
    </Button>
  );
  const columns: Column<Trunk>[] = [
    {
      key: "name",
      title: t("common.name"),
      cell: ({ name }) => (
        <Text size="sm" fw={560}>
          {name}
        </Text>
      ),
    },
    {
      key: "hosts",
      title: t("trunks.hosts"),
      cell: ({ hosts }) =>
        hosts.map((host) => (
          <Text key={host} ff="monospace" fz={13} style={{ overflowWrap: "anywhere" }}>
            {host}
          </Text>
        )),
    },
    {
      key: "prefixes",
      title: t("trunks.prefixes"),
      cell: ({ prefixes }) =>
        prefixes.map((prefix) => (prefix === EVERY ? t("trunks.all") : prefix)).join(" · "),
    },
    {
      key: "user",
      title: t("trunks.user"),
      isMinor: true,
      cell: ({ username }) =>
        username ?? (
          <Text size="sm" c="dimmed">
            {t("trunks.noUser")}
          </Text>
        ),
    },
    {
      key: "actions",
      title: "",
      width: 48,
      cell: (trunk) => (
        <RowMenu label={t("trunks.actionsOf", { name: trunk.name })}>
          <Menu.Item leftSection={<Pencil size={15} aria-hidden />} onClick={() => open(trunk)}>
            {t("trunks.change")}
          </Menu.Item>
          <Menu.Item
            color="red.8"
            leftSection={<Trash2 size={15} aria-hidden />}
            onClick={() => setRemoving(trunk)}
          >
            {t("trunks.remove")}
          </Menu.Item>
        </RowMenu>
      ),
    },
  ];
  return (
    <Page title={t("shell.pages.trunks")} description={t("trunks.hint")} actions={create}>
      <Loaded
        query={query}
        isEmpty={(trunks) => trunks.length === 0}
        empty={<EmptyState icon={Route} text={t("trunks.empty")} action={create} />}
      >
        {(trunks) => (
          <DataTable
            label={t("shell.pages.trunks")}
            columns={columns}
            rows={trunks}
            rowKey={(trunk) => trunk.id}
          />
        )}
      </Loaded>
      <TrunkModal trunk={changing} opened={isOpen} onClose={() => setOpen(false)} />
      <ConfirmModal
        opened={removing !== null}
        onClose={() => setRemoving(null)}
        title={t("trunks.removeTitle", { name: removing?.name })}
        action={t("trunks.remove")}
        isBusy={remove.isPending}
        error={remove.error}
        onConfirm={() => removing && remove.mutate(removing)}
      >
        {t("trunks.removeText")}
      </ConfirmModal>
    </Page>
  );
}
