import { ActionIcon, Group, Menu, Textarea } from "@mantine/core";
import { Braces } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { type Behavior, nodesOf } from "@/behavior/document";
import { usePanel } from "../panel/context";
import type { FieldProps } from "./Field";
import { ListenButton } from "./ListenButton";
import { useField } from "./useField";

/** What a text may refer to: the call's own numbers, and what this flow keeps. */
function references(behavior: Behavior): string[] {
  const found = new Set(["{{caller}}", "{{called}}"]);
  for (const [, { ActionType, ChannelBehaviorAction: fields }] of nodesOf(behavior)) {
    if (ActionType === "Menu" || ActionType === "Collect") {
      if (typeof fields?.StorageKey === "string") found.add(`{{digits.${fields.StorageKey}}}`);
    }
    if (ActionType === "Set" && typeof fields?.Name === "string")
      found.add(`{{vars.${fields.Name}}}`);
  }
  return [...found];
}

/** A text that may hold references, and can be heard where it is spoken. */
export function TemplateField(props: FieldProps) {
  const { t } = useTranslation();
  const { common, set } = useField(props);
  const { behavior } = usePanel();
  const area = useRef<HTMLTextAreaElement>(null);
  const text = typeof props.value === "string" ? props.value : "";
  const isSpoken = props.name === "Text";

  const insert = (reference: string) => {
    const at = area.current?.selectionStart ?? text.length;
    set(text.slice(0, at) + reference + text.slice(at));
  };

  return (
    <div>
      <Textarea
        {...common}
        ref={area}
        autosize
        minRows={isSpoken ? 3 : 1}
        maxRows={10}
        value={text}
        onChange={({ currentTarget }) => set(currentTarget.value)}
      />
      <Group gap={4} mt={4} justify="flex-end">
        {isSpoken ? <ListenButton text={text} path={props.path} /> : null}
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon
              variant="subtle"
              color="gray"
              disabled={common.disabled}
              aria-label={t("editor.insertReference")}
              title={t("editor.insertReference")}
            >
              <Braces size={15} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {references(behavior).map((reference) => (
              <Menu.Item key={reference} onClick={() => insert(reference)} ff="monospace">
                {reference}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Group>
    </div>
  );
}
