import { ActionIcon, Menu } from "@mantine/core";
import { Braces, Download, Ellipsis, Upload, Webhook } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Application, exportApplication } from "@/api/applications";
import type { Draft } from "@/behavior/history";
import type { BehaviorSchema } from "@/behavior/schema";
import { saveFile } from "@/ui/saveFile";
import { JsonModal } from "./JsonModal";

interface EditorMenuProps {
  application: Application;
  draft: Draft;
  schema: BehaviorSchema;
  onReplace: (draft: Draft) => void;
  onCallbacks: () => void;
}

/** Who is told of calls; import, export, and the JSON itself. */
export function EditorMenu({ application, draft, schema, ...props }: EditorMenuProps) {
  const { t } = useTranslation();
  const [isJsonOpen, setJsonOpen] = useState(false);
  const download = async () => {
    const document = await exportApplication(application.id);
    saveFile(`${application.name}.json`, new Blob([JSON.stringify(document, null, 2)]));
  };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("editor.more")}>
            <Ellipsis size={17} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Webhook size={15} aria-hidden />} onClick={props.onCallbacks}>
            {t("editor.callbacks")}
          </Menu.Item>
          <Menu.Item leftSection={<Download size={15} aria-hidden />} onClick={download}>
            {t("editor.export")}
          </Menu.Item>
          <Menu.Item
            leftSection={<Upload size={15} aria-hidden />}
            onClick={() => setJsonOpen(true)}
          >
            {t("editor.import")}
          </Menu.Item>
          <Menu.Item
            leftSection={<Braces size={15} aria-hidden />}
            onClick={() => setJsonOpen(true)}
          >
            {t("editor.json")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isJsonOpen ? (
        <JsonModal
          draft={draft}
          schema={schema}
          onReplace={props.onReplace}
          onClose={() => setJsonOpen(false)}
        />
      ) : null}
    </>
  );
}
