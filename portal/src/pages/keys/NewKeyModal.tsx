import { Modal, Select, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { createKey, type IssuedKey, type KeyRole } from "@/api/keys";
import { FormEnd } from "@/ui";

const ROLES: KeyRole[] = ["viewer", "developer", "owner"];

interface NewKeyModalProps {
  opened: boolean;
  onClose: () => void;
  onIssued: (key: IssuedKey) => void;
}

export function NewKeyModal({ opened, onClose, onIssued }: NewKeyModalProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [role, setRole] = useState<KeyRole>("viewer");
  const create = useMutation({
    mutationFn: createKey,
    onSuccess: (key) => {
      setName("");
      onIssued(key);
      return client.invalidateQueries({ queryKey: ["keys"] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ name: name.trim(), role });
  };
  return (
    <Modal opened={opened} onClose={onClose} title={t("keys.new")}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t("common.name")}
            description={t("keys.nameHint")}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            required
            maxLength={200}
            data-autofocus
          />
          <Select
            label={t("keys.role")}
            description={t(`roles.may.${role}`)}
            data={ROLES.map((value) => ({ value, label: t(`roles.${value}`) }))}
            value={role}
            allowDeselect={false}
            onChange={(value) => setRole(value as KeyRole)}
          />
          <FormEnd
            action={t("common.create")}
            isBusy={create.isPending}
            error={create.error}
            onCancel={onClose}
          />
        </Stack>
      </form>
    </Modal>
  );
}
