import { Alert, Modal, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Application, publishVersion } from "@/api/applications";
import type { Draft } from "@/behavior/history";
import { FormEnd } from "@/ui";

interface PublishModalProps {
  application: Application;
  draft: Draft;
  opened: boolean;
  onClose: () => void;
}

export function PublishModal({ application, draft, opened, onClose }: PublishModalProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [note, setNote] = useState("");
  const publish = useMutation({
    mutationFn: () => publishVersion(application.id, draft.behavior, draft.layout, note),
    onSuccess: async ({ version }) => {
      setNote("");
      onClose();
      notifications.show({ message: t("editor.published", { version: version.number }) });
      await client.invalidateQueries({
        predicate: ({ queryKey }) => queryKey[0] === "applications" && queryKey[2] !== "draft",
      });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    publish.mutate();
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("editor.publishTitle", { name: application.name })}
    >
      <form onSubmit={submit}>
        <Stack>
          {application.numbers.length > 0 ? (
            <Text size="sm">
              {t("editor.publishNumbers", { numbers: application.numbers.join(", ") })}
            </Text>
          ) : (
            <Alert color="gray">{t("editor.publishNoNumbers")}</Alert>
          )}
          <TextInput
            label={t("editor.note")}
            description={t("editor.noteHint")}
            value={note}
            onChange={({ currentTarget }) => setNote(currentTarget.value)}
            data-autofocus
          />
          <FormEnd
            action={t("editor.publishAs", { version: application.version + 1 })}
            isBusy={publish.isPending}
            error={publish.error}
            onCancel={onClose}
          />
        </Stack>
      </form>
    </Modal>
  );
}
