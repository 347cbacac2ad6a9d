import { Stack, Text } from "@mantine/core";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import classes from "./EmptyState.module.css";

interface EmptyStateProps {
  icon: LucideIcon;
  text: string;
  action?: ReactNode;
}

/** An empty page teaches with one sentence and one action. */
export function EmptyState({ icon: Icon, text, action }: EmptyStateProps) {
  return (
    <Stack align="center" gap="md" className={classes.empty}>
      <Icon size={28} strokeWidth={1.5} aria-hidden className={classes.icon} />
      <Text ta="center" size="sm" maw={420} c="dimmed">
        {text}
      </Text>
      {action}
    </Stack>
  );
}
