import { Anchor, Menu, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { Link } from "@tanstack/react-router";
import { Copy, Download, Pencil, Trash2 } from "lucide-react";
import { Fragment, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Prompt, promptAudio } from "@/api/prompts";
import { formatDuration, useFormats } from "@/format";
import { Ago, type Column, DataTable, RowMenu } from "@/ui";
import { saveFile } from "@/ui/saveFile";
import { DeletePromptModal } from "./DeletePromptModal";
import { PlayButton } from "./PlayButton";
import { RenameModal } from "./RenameModal";

interface PromptTableProps {
  prompts: Prompt[];
  canChange: boolean;
}

export function PromptTable({ prompts, canChange }: PromptTableProps) {
  const { t } = useTranslation();
  const format = useFormats();
  const [renaming, setRenaming] = useState<Prompt | null>(null);
  const [deleting, setDeleting] = useState<Prompt | null>(null);
  const download = async (prompt: Prompt) =>
    saveFile(`${prompt.name}.${prompt.format ?? "wav"}`, await promptAudio(prompt.id));
  const copy = async (prompt: Prompt) => {
    await navigator.clipboard.writeText(prompt.prompt_id);
    notifications.show({ message: t("common.copied") });
  };
  const columns: Column<Prompt>[] = [
    { key: "play", title: "", width: 44, cell: (prompt) => <PlayButton prompt={prompt} /> },
    {
      key: "name",
      title: t("common.name"),
      cell: ({ name }) => (
        <Text size="sm" fw={560} style={{ overflowWrap: "anywhere" }}>
          {name}
        </Text>
      ),
    },
    {
      key: "length",
      title: t("prompts.length"),
      isNumeric: true,
      cell: ({ duration_s }) => (duration_s === null ? "–" : formatDuration(duration_s)),
    },
    {
      key: "size",
      title: t("prompts.size"),
      isNumeric: true,
      isMinor: true,
      cell: (prompt) =>
        [prompt.format?.toUpperCase(), prompt.size === null ? null : format.size(prompt.size)]
          .filter(Boolean)
          .join(" · "),
    },
    { key: "used", title: t("prompts.usedBy"), cell: (prompt) => <Uses prompt={prompt} /> },
    {
      key: "at",
      title: t("prompts.uploadedAt"),
      isMinor: true,
      cell: ({ created_at }) => <Ago moment={created_at} />,
    },
    {
      key: "actions",
      title: "",
      width: 48,
      cell: (prompt) => (
        <RowMenu label={t("prompts.actionsOf", { name: prompt.name })}>
          <Menu.Item
            leftSection={<Download size={15} aria-hidden />}
            onClick={() => download(prompt)}
          >
            {t("prompts.download")}
          </Menu.Item>
          <Menu.Item leftSection={<Copy size={15} aria-hidden />} onClick={() => copy(prompt)}>
            {t("prompts.copyId")}
          </Menu.Item>
          {canChange ? (
            <>
              <Menu.Item
                leftSection={<Pencil size={15} aria-hidden />}
                onClick={() => setRenaming(prompt)}
              >
                {t("prompts.rename")}
              </Menu.Item>
              <Menu.Item
                color="red.8"
                leftSection={<Trash2 size={15} aria-hidden />}
                onClick={() => setDeleting(prompt)}
              >
                {t("common.delete")}
              </Menu.Item>
            </>
          ) : null}
        </RowMenu>
      ),
    },
  ];
  return (
    <>
      <DataTable
        label={t("shell.pages.prompts")}
        columns={columns}
        rows={prompts}
        rowKey={(prompt) => prompt.id}
      />
      <RenameModal key={renaming?.id} prompt={renaming} onClose={() => setRenaming(null)} />
      <DeletePromptModal prompt={deleting} onClose={() => setDeleting(null)} />
    </>
  );
}

function Uses({ prompt }: { prompt: Prompt }) {
  const { t } = useTranslation();
  if (prompt.used_by.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t("prompts.unused")}
      </Text>
    );
  }
  return prompt.used_by.map(({ application_id, application }, index) => (
    <Fragment key={application_id}>
      {index > 0 ? ", " : null}
      <Anchor component={Link} to={`/voice/applications/${application_id}`} size="sm">
        {application}
      </Anchor>
    </Fragment>
  ));
}
