import { Group, Paper, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { LanguageSwitch } from "@/app/shell/LanguageSwitch";
import { ThemeSwitch } from "@/app/shell/ThemeSwitch";
import classes from "./AuthFrame.module.css";

interface AuthFrameProps {
  title: string;
  hint?: string;
  children: ReactNode;
  footer?: ReactNode;
}

/** The pages outside the shell: one thing to do, in the middle. */
export function AuthFrame({ title, hint, children, footer }: AuthFrameProps) {
  useEffect(() => {
    document.title = `${title} · Dillo`;
  }, [title]);
  return (
    <div className={classes.frame}>
      <Group justify="flex-end" gap={4} p="xs">
        <ThemeSwitch />
        <LanguageSwitch />
      </Group>
      <main className={classes.main}>
        <Group gap="sm" mb="xl" justify="center">
          <img src="/dillo.svg" alt="" width={30} height={30} />
          <Text fw={650} size="xl">
            Dillo
          </Text>
        </Group>
        <Paper withBorder p="xl" radius="lg" shadow="xs">
          <Title order={1} size="h3" mb={4}>
            {title}
          </Title>
          {hint ? (
            <Text size="sm" c="dimmed" mb="lg">
              {hint}
            </Text>
          ) : null}
          {children}
        </Paper>
        <Text size="sm" ta="center" mt="lg" component="div">
          {footer}
        </Text>
      </main>
    </div>
  );
}
