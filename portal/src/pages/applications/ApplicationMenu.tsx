import { ActionIcon, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Download, Ellipsis, Power, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import {
  type Application,
  changeApplication,
  deleteApplication,
  exportApplication,
} from "@/api/applications";
import { Problem } from "@/api/problem";
import { ConfirmModal } from "@/ui";
import { saveFile } from "@/ui/saveFile";

export function ApplicationMenu({ application }: { application: Application }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [isDeleting, setDeleting] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: ["applications"] });
  const tell = (error: unknown) =>
    notifications.show({ color: "red", message: Problem.from(error).detail });
  const enable = useMutation({
    mutationFn: () => changeApplication(application.id, { is_enabled: !application.is_enabled }),
    onSuccess: refresh,
    onError: tell,
  });
  const remove = useMutation({
    mutationFn: () => deleteApplication(application.id),
    onSuccess: refresh,
  });
  const download = useMutation({
    mutationFn: () => exportApplication(application.id),
    onSuccess: (document) =>
      saveFile(`${application.name}.json`, new Blob([JSON.stringify(document, null, 2)])),
    onError: tell,
  });
  return (
    // A click in the menu is none on the row.
    // biome-ignore lint/a11y/noStaticElementInteractions: it only keeps clicks from the row
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above
    <div onClick={(event) => event.stopPropagation()}>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t("applications.actionsOf", { name: application.name })}
          >
            <Ellipsis size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<Download size={15} aria-hidden />}
            onClick={() => download.mutate()}
          >
            {t("editor.export")}
          </Menu.Item>
          <Menu.Item leftSection={<Power size={15} aria-hidden />} onClick={() => enable.mutate()}>
            {t(application.is_enabled ? "applications.disable" : "applications.enable")}
          </Menu.Item>
          <Menu.Item
            leftSection={<Trash2 size={15} aria-hidden />}
            color="red.8"
            onClick={() => setDeleting(true)}
          >
            {t("common.delete")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmModal
        opened={isDeleting}
        onClose={() => setDeleting(false)}
        title={t("applications.deleteTitle", { name: application.name })}
        action={t("common.delete")}
        isBusy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
      >
        {t("applications.deleteText")}
      </ConfirmModal>
    </div>
  );
}
