import { Group, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import classes from "./Page.module.css";

interface PageProps {
  title: string;
  description?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  /** Fills the window, for the editor. */
  isWide?: boolean;
}

/** A page: its one heading, what it is for, what one can do, and the content. */
export function Page({ title, description, actions, children, isWide = false }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Dillo`;
  }, [title]);
  return (
    <div className={isWide ? classes.wide : classes.page}>
      <Group justify="space-between" align="flex-start" mb="lg" gap="sm">
        <Stack gap={4} className={classes.heading}>
          <Title order={1}>{title}</Title>
          {description ? (
            <Text c="dimmed" size="sm" maw={640}>
              {description}
            </Text>
          ) : null}
        </Stack>
        {actions ? <Group gap="xs">{actions}</Group> : null}
      </Group>
      {children}
    </div>
  );
}
