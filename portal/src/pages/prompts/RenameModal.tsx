import { Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Prompt, renamePrompt } from "@/api/prompts";
import { FormEnd } from "@/ui";

interface RenameModalProps {
  prompt: Prompt | null;
  onClose: () => void;
}

export function RenameModal({ prompt, onClose }: RenameModalProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [name, setName] = useState(prompt?.name ?? "");
  const rename = useMutation({
    mutationFn: (id: string) => renamePrompt(id, name.trim()),
    onSuccess: () => {
      onClose();
      return client.invalidateQueries({ queryKey: ["prompts"] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (prompt) rename.mutate(prompt.id);
  };
  return (
    <Modal
      opened={prompt !== null}
      onClose={onClose}
      title={t("prompts.renameTitle", { name: prompt?.name })}
    >
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t("common.name")}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            required
            maxLength={200}
            data-autofocus
          />
          <FormEnd
            action={t("common.save")}
            isBusy={rename.isPending}
            error={rename.error}
            onCancel={onClose}
          />
        </Stack>
      </form>
    </Modal>
  );
}
