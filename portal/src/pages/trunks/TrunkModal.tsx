import { Group, Modal, PasswordInput, Stack, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { addTrunk, changeTrunk, type Trunk } from "@/api/trunks";
import { FormEnd } from "@/ui";

const entryOf = (trunk: Trunk | null) => ({
  name: trunk?.name ?? "",
  hosts: trunk?.hosts.join("\n") ?? "",
  // All numbers are what an empty field stands for.
  prefixes: trunk?.prefixes.join(" ").replace(/^\*$/, "") ?? "",
  username: trunk?.username ?? "",
  password: "",
});
type TrunkEntry = ReturnType<typeof entryOf>;

const words = (text: string) => text.split(/[\s,]+/).filter(Boolean);

interface TrunkModalProps {
  /** The trunk to be changed; null where a new one is to be made. */
  trunk: Trunk | null;
  opened: boolean;
  onClose: () => void;
}

export function TrunkModal({ trunk, opened, onClose }: TrunkModalProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={trunk ? t("trunks.changeTitle", { name: trunk.name }) : t("trunks.new")}
    >
      <TrunkForm trunk={trunk} onClose={onClose} />
    </Modal>
  );
}

function TrunkForm({ trunk, onClose }: Omit<TrunkModalProps, "opened">) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const form = useForm({ initialValues: entryOf(trunk) });
  const save = useMutation({
    mutationFn: ({ name, hosts, prefixes, username, password }: TrunkEntry) => {
      const rest = {
        name: name.trim(),
        hosts: words(hosts),
        prefixes: words(prefixes),
        username: username || null,
        // Left empty it stays; it goes with the user name.
        ...(password ? { password } : {}),
      };
      return trunk
        ? changeTrunk(trunk.name, rest)
        : addTrunk({
            ...rest,
            prefixes: prefixes.trim() ? rest.prefixes : null,
          });
    },
    onSuccess: () => {
      onClose();
      return Promise.all([
        client.invalidateQueries({ queryKey: ["trunks"] }),
        client.invalidateQueries({ queryKey: ["inventory"] }), // which names trunks
      ]);
    },
  });
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack>
        <TextInput
          label={t("common.name")}
          required
          maxLength={200}
          description={trunk ? t("trunks.nameHint") : undefined}
          data-autofocus
          {...form.getInputProps("name")}
        />
        <Textarea
          label={t("trunks.hosts")}
          description={t("trunks.hostsHint")}
          placeholder="sip.carrier.example:5060"
          autosize
          minRows={2}
          required
          {...form.getInputProps("hosts")}
        />
        <TextInput
          label={t("trunks.prefixes")}
          description={t("trunks.prefixesHint")}
          placeholder="+44 +39"
          {...form.getInputProps("prefixes")}
        />
        <Group grow align="flex-start">
          <TextInput
            label={t("trunks.user")}
            autoComplete="off"
            {...form.getInputProps("username")}
          />
          <PasswordInput
            label={t("trunks.password")}
            placeholder={trunk?.username ? t("trunks.passwordStays") : undefined}
            autoComplete="new-password"
            {...form.getInputProps("password")}
          />
        </Group>
        <FormEnd
          action={t(trunk ? "common.save" : "common.create")}
          isBusy={save.isPending}
          error={save.error}
          onCancel={onClose}
        />
      </Stack>
    </form>
  );
}
