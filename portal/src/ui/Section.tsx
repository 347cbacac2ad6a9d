import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface SectionProps {
  title: string;
  hint?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A part of a page under a heading of its own. */
export function Section({ title, hint, actions, children }: SectionProps) {
  return (
    <section aria-label={title}>
      <Stack gap="sm">
        <div style={{ display: "flex", gap: 12, alignItems: "baseline", flexWrap: "wrap" }}>
          <Title order={2} size="h4" style={{ flex: 1 }}>
            {title}
          </Title>
          {actions}
        </div>
        {hint ? (
          <Text size="sm" c="dimmed" maw={640}>
            {hint}
          </Text>
        ) : null}
        {children}
      </Stack>
    </section>
  );
}
