import { Button, FileButton, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { readBehavior } from "@/behavior/document";
import type { Draft } from "@/behavior/history";
import { completeLayout } from "@/behavior/layout";
import type { BehaviorSchema } from "@/behavior/schema";
import classes from "./TestsPanel.module.css";

interface JsonModalProps {
  draft: Draft;
  schema: BehaviorSchema;
  onReplace: (draft: Draft) => void;
  onClose: () => void;
}

/** A behavior alone, or an exported application with its layout. */
function readDraft(text: string, schema: BehaviorSchema): Draft {
  const value = JSON.parse(text);
  const isExport = value !== null && typeof value === "object" && "behavior" in value;
  const behavior = readBehavior(isExport ? value.behavior : value);
  return { behavior, layout: completeLayout(behavior, schema, isExport ? value.layout : null) };
}

/** The behavior as JSON: to read, to change, or to be replaced by a file. */
export function JsonModal({ draft, schema, onReplace, onClose }: JsonModalProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(() => JSON.stringify(draft.behavior, null, 2));
  const [error, setError] = useState<string | null>(null);
  const apply = () => {
    try {
      onReplace(readDraft(text, schema));
      onClose();
    } catch (cause) {
      setError(cause instanceof Error ? cause.message : String(cause));
    }
  };
  return (
    <Modal opened onClose={onClose} size="xl" title={t("editor.json")}>
      <Stack>
        <Text size="sm" c="dimmed">
          {t("editor.jsonHint")}
        </Text>
        <Textarea
          aria-label={t("editor.json")}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
          error={error}
          rows={20}
          classNames={{ input: classes.text }}
        />
        <Group justify="space-between">
          <FileButton
            accept="application/json"
            onChange={async (file) => file && setText(await file.text())}
          >
            {(props) => (
              <Button variant="default" {...props}>
                {t("editor.chooseFile")}
              </Button>
            )}
          </FileButton>
          <Button onClick={apply}>{t("editor.apply")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
