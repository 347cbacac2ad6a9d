import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { uploadPrompt } from "@/api/prompts";

const withoutEnding = (name: string) => name.replace(/\.[^.]+$/, "");

/** Uploads files one after another; what was uploaded before one that fails stays. */
export function useUpload() {
  const { t } = useTranslation();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (files: File[]) => {
      for (const file of files) await uploadPrompt(file, withoutEnding(file.name));
    },
    onSuccess: (_nothing, files) => {
      notifications.show({ message: t("prompts.uploaded", { count: files.length }) });
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["prompts"] }),
  });
}
