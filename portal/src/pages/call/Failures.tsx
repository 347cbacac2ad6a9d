import { Alert, List } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { CallDetails } from "@/api/calls";

/** What went wrong, where anything did: why the fallback ran, what was noted. */
export function Failures({ call }: { call: CallDetails }) {
  const { t } = useTranslation();
  const failures = call.failures.map(({ role, node, detail }) =>
    [
      t(role === "fallback" ? "call.fallback" : "call.primary"),
      node && t("editor.node", { node }),
      detail,
    ]
      .filter(Boolean)
      .join(" · "),
  );
  const lines = [...failures, ...call.warnings];
  if (lines.length === 0) return null;
  return (
    <Alert
      color={failures.length ? "red" : "yellow"}
      title={t("call.wentWrong")}
      c="var(--mantine-color-text)"
    >
      <List size="sm">
        {lines.map((line) => (
          <List.Item key={line}>{line}</List.Item>
        ))}
      </List>
    </Alert>
  );
}
