import { Button, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { CallFilter } from "@/api/calls";
import { type ExportFormat, exportCalls } from "@/api/exports";
import { Problem } from "@/api/problem";
import { saveFile } from "@/ui/saveFile";

/** The calls that fit the filters, as a file; it is written in the background and then downloaded. */
export function ExportMenu({ filter }: { filter: CallFilter }) {
  const { t } = useTranslation();
  const write = useMutation({
    mutationFn: (format: ExportFormat) => exportCalls(format, filter),
    onSuccess: (file, format) => saveFile(`calls-${filter.from}-${filter.to}.${format}`, file),
    onError: (error) => notifications.show({ color: "red", message: Problem.from(error).detail }),
  });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<Download size={16} aria-hidden />}
          loading={write.isPending}
        >
          {t("statistics.export")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => write.mutate("csv")}>CSV</Menu.Item>
        <Menu.Item onClick={() => write.mutate("parquet")}>Parquet</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
