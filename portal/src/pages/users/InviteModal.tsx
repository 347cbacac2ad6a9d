import { Modal, Select, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { invite } from "@/api/account";
import { FormEnd } from "@/ui";

const ROLES = ["viewer", "developer", "owner"] as const;

export function InviteModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<(typeof ROLES)[number]>("developer");
  const send = useMutation({
    mutationFn: () => invite({ email: email.trim(), role }),
    onSuccess: () => {
      setEmail("");
      onClose();
      return client.invalidateQueries({ queryKey: ["invitations"] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <Modal opened={opened} onClose={onClose} title={t("users.invite")}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t("auth.email")}
            type="email"
            value={email}
            onChange={({ currentTarget }) => setEmail(currentTarget.value)}
            required
            data-autofocus
          />
          <Select
            label={t("keys.role")}
            description={t(`roles.may.${role}`)}
            data={ROLES.map((value) => ({ value, label: t(`roles.${value}`) }))}
            value={role}
            allowDeselect={false}
            onChange={(value) => setRole(value as typeof role)}
          />
          <FormEnd
            action={t("users.send")}
            isBusy={send.isPending}
            error={send.error}
            onCancel={onClose}
          />
        </Stack>
      </form>
    </Modal>
  );
}
