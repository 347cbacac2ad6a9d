import { Button, FileButton } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Upload } from "lucide-react";
import { useTranslation } from "react-i18next";
import { createApplication, importApplication } from "@/api/applications";
import { Problem } from "@/api/problem";

/** An export of this platform, or a channel behavior alone, becomes an application. */
async function importFile(file: File) {
  const value = JSON.parse(await file.text());
  if (value.format) return importApplication(value);
  return createApplication({
    name: file.name.replace(/\.json$/, ""),
    description: "",
    behavior: value,
  });
}

export function ImportButton() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const upload = useMutation({
    mutationFn: importFile,
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ["applications"] });
      await navigate({ to: "/voice/applications/$id", params: { id } });
    },
    onError: (error) =>
      notifications.show({
        color: "red",
        message:
          error instanceof SyntaxError ? t("applications.notJson") : Problem.from(error).detail,
      }),
  });
  return (
    <FileButton accept="application/json,.json" onChange={(file) => file && upload.mutate(file)}>
      {(props) => (
        <Button
          variant="default"
          leftSection={<Upload size={16} aria-hidden />}
          loading={upload.isPending}
          {...props}
        >
          {t("applications.import")}
        </Button>
      )}
    </FileButton>
  );
}
