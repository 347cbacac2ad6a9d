import { ActionIcon, CopyButton as MantineCopy, Tooltip } from "@mantine/core";
import { Check, Copy } from "lucide-react";
import { useTranslation } from "react-i18next";

export function CopyButton({ value, label }: { value: string; label?: string }) {
  const { t } = useTranslation();
  return (
    <MantineCopy value={value} timeout={1500}>
      {({ copied, copy }) => {
        const text = copied ? t("common.copied") : (label ?? t("common.copy"));
        return (
          <Tooltip label={text}>
            <ActionIcon variant="subtle" color="gray" onClick={copy} aria-label={text}>
              {copied ? <Check size={15} aria-hidden /> : <Copy size={15} aria-hidden />}
            </ActionIcon>
          </Tooltip>
        );
      }}
    </MantineCopy>
  );
}
