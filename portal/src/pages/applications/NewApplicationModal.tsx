import { Group, Modal, Radio, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { createApplication, type Template, templatesQuery } from "@/api/applications";
import { FormEnd, Loaded } from "@/ui";
import classes from "./NewApplicationModal.module.css";

const EMPTY = "";

interface NewApplicationModalProps {
  opened: boolean;
  onClose: () => void;
}

/** A name, and something to begin with. */
export function NewApplicationModal({ opened, onClose }: NewApplicationModalProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const templates = useQuery({ ...templatesQuery, enabled: opened });
  const [name, setName] = useState("");
  const [template, setTemplate] = useState(EMPTY);
  const create = useMutation({
    mutationFn: () =>
      createApplication({ name: name.trim(), description: "", template: template || undefined }),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ["applications"] });
      await navigate({ to: "/voice/applications/$id", params: { id } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <Modal opened={opened} onClose={onClose} title={t("applications.new")} size="xl">
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t("common.name")}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            placeholder={t("applications.namePlaceholder")}
            required
            maxLength={200}
            data-autofocus
          />
          <Radio.Group label={t("applications.beginWith")} value={template} onChange={setTemplate}>
            <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xs" mt="xs">
              <TemplateCard
                name={EMPTY}
                title={t("applications.blank")}
                text={t("applications.blankText")}
              />
              <Loaded query={templates}>
                {(known: Template[]) =>
                  known.map((each) => (
                    <TemplateCard
                      key={each.name}
                      name={each.name}
                      title={each.title}
                      text={each.description}
                    />
                  ))
                }
              </Loaded>
            </SimpleGrid>
          </Radio.Group>
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

function TemplateCard({ name, title, text }: { name: string; title: string; text: string }) {
  return (
    <Radio.Card value={name} className={classes.card}>
      <Group wrap="nowrap" align="flex-start" gap="sm">
        <Radio.Indicator mt={2} />
        <div>
          <Text size="sm" fw={560}>
            {title}
          </Text>
          <Text size="xs" c="dimmed">
            {text}
          </Text>
        </div>
      </Group>
    </Radio.Card>
  );
}
