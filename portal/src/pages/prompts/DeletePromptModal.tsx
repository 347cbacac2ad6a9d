import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { deletePrompt, type Prompt } from "@/api/prompts";
import { ConfirmModal } from "@/ui";

interface DeletePromptModalProps {
  prompt: Prompt | null;
  onClose: () => void;
}

export function DeletePromptModal({ prompt, onClose }: DeletePromptModalProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: ({ id }: Prompt) => deletePrompt(id),
    onSuccess: () => {
      onClose();
      return client.invalidateQueries({ queryKey: ["prompts"] });
    },
  });
  const close = () => {
    remove.reset();
    onClose();
  };
  return (
    <ConfirmModal
      opened={prompt !== null}
      onClose={close}
      title={t("prompts.deleteTitle", { name: prompt?.name })}
      action={t("common.delete")}
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => prompt && remove.mutate(prompt)}
    >
      {prompt && prompt.used_by.length > 0
        ? t("prompts.inUse", {
            name: prompt.name,
            applications: prompt.used_by.map((each) => each.application).join(", "),
          })
        : t("prompts.deleteText")}
    </ConfirmModal>
  );
}
