import { ActionIcon, Group, Title } from "@mantine/core";
import { X } from "lucide-react";
import type { ReactNode, Ref } from "react";
import { useTranslation } from "react-i18next";
import classes from "./panel/Panel.module.css";

interface SidePanelProps {
  title: string;
  onClose: () => void;
  /** Where the focus is to be put. */
  panel?: Ref<HTMLElement>;
  children: ReactNode;
}

export function SidePanel({ title, onClose, panel, children }: SidePanelProps) {
  const { t } = useTranslation();
  return (
    <section ref={panel} tabIndex={-1} className={classes.panel} aria-label={title}>
      <Group justify="space-between" wrap="nowrap" className={classes.header}>
        <Title order={2} size="h5">
          {title}
        </Title>
        <ActionIcon variant="subtle" color="gray" onClick={onClose} aria-label={t("common.close")}>
          <X size={16} aria-hidden />
        </ActionIcon>
      </Group>
      <div className={classes.body}>{children}</div>
    </section>
  );
}
