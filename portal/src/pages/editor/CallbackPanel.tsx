import { Anchor, Select, Stack, Text, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Behavior } from "@/behavior/document";
import { setCallback } from "@/behavior/edit";
import type { BehaviorProblem } from "./problems";
import { SidePanel } from "./SidePanel";
import type { DraftActions } from "./useDraft";

const METHODS = ["POST", "GET"];

interface CallbackPanelProps {
  behavior: Behavior;
  problems: readonly BehaviorProblem[];
  edit: DraftActions["edit"];
  isReadOnly: boolean;
  onClose: () => void;
}

/** Who is told what becomes of the application's calls. */
export function CallbackPanel(props: CallbackPanelProps) {
  const { behavior, edit } = props;
  const { t } = useTranslation();
  const url = behavior.StatusCallbackUrl ?? "";
  const wrong = props.problems.filter(({ field }) => field.startsWith("StatusCallback"));
  const set = (address: string, method = behavior.StatusCallbackMethod ?? null) =>
    edit((before) => setCallback(before, address, method), "callback");
  return (
    <SidePanel title={t("editor.callbacks")} onClose={props.onClose}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {t("editor.callbacksHint")}
        </Text>
        <TextInput
          type="url"
          label={t("webhooks.address")}
          placeholder="https://example.com/calls"
          value={url}
          onChange={({ currentTarget }) => set(currentTarget.value.trim())}
          error={wrong.map(({ message }) => message).join("; ") || undefined}
          disabled={props.isReadOnly}
        />
        <Select
          label={t("editor.callbackMethod")}
          data={METHODS}
          value={behavior.StatusCallbackMethod ?? "POST"}
          onChange={(method) => set(url, method)}
          allowDeselect={false}
          disabled={props.isReadOnly || url === ""}
        />
        <Anchor component={Link} to="/developers/webhooks" size="sm">
          {t("editor.toDeliveries")}
        </Anchor>
      </Stack>
    </SidePanel>
  );
}
