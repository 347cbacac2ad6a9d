import { Button, Group, Modal, PasswordInput, Stack, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { addTrunk } from "@/api/trunks";
import { ErrorState } from "@/ui";

const EMPTY = { name: "", hosts: "", prefixes: "", username: "", password: "" };

const words = (text: string) => text.split(/[\s,]+/).filter(Boolean);

export function NewTrunkModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const form = useForm({ initialValues: EMPTY });
  const add = useMutation({
    mutationFn: ({ name, hosts, prefixes, username, password }: typeof EMPTY) =>
      addTrunk({
        name: name.trim(),
        hosts: words(hosts),
        prefixes: prefixes.trim() ? words(prefixes) : null,
        username: username || null,
        password: password || null,
      }),
    onSuccess: () => {
      form.reset();
      onClose();
      return client.invalidateQueries({ queryKey: ["trunks"] });
    },
  });
  return (
    <Modal opened={opened} onClose={onClose} title={t("trunks.new")}>
      <form onSubmit={form.onSubmit((values) => add.mutate(values))}>
        <Stack>
          <TextInput
            label={t("common.name")}
            required
            maxLength={200}
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
              autoComplete="new-password"
              {...form.getInputProps("password")}
            />
          </Group>
          {add.error ? <ErrorState error={add.error} /> : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t("common.cancel")}
            </Button>
            <Button type="submit" loading={add.isPending}>
              {t("common.create")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
