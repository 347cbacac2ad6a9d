import { Button, Group } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Eye, RefreshCw } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { readSecret, rotateSecret } from "@/api/webhooks";
import { CodeLine, ConfirmModal, ErrorState, Section } from "@/ui";

/** What requests are signed with; it is fetched only when somebody asks to see it. */
export function SecretSection() {
  const { t } = useTranslation();
  const [isRotating, setRotating] = useState(false);
  const reveal = useMutation({ mutationFn: readSecret, gcTime: 0 });
  const rotate = useMutation({
    mutationFn: rotateSecret,
    gcTime: 0,
    onSuccess: () => {
      reveal.reset();
      setRotating(false);
    },
  });
  const shown = reveal.data ?? rotate.data;
  const hide = () => {
    reveal.reset();
    rotate.reset();
  };
  return (
    <Section title={t("webhooks.secret")} hint={t("webhooks.secretHint")}>
      {shown ? <CodeLine text={shown.secret} label={t("webhooks.copySecret")} /> : null}
      {reveal.error ? <ErrorState error={reveal.error} /> : null}
      <Group gap="xs">
        {shown ? (
          <Button variant="default" onClick={hide}>
            {t("webhooks.hide")}
          </Button>
        ) : (
          <Button
            variant="default"
            leftSection={<Eye size={16} aria-hidden />}
            loading={reveal.isPending}
            onClick={() => reveal.mutate()}
          >
            {t("webhooks.reveal")}
          </Button>
        )}
        <Button
          variant="subtle"
          color="gray"
          leftSection={<RefreshCw size={16} aria-hidden />}
          onClick={() => setRotating(true)}
        >
          {t("webhooks.rotate")}
        </Button>
      </Group>
      <ConfirmModal
        opened={isRotating}
        onClose={() => setRotating(false)}
        title={t("webhooks.rotateTitle")}
        action={t("webhooks.rotate")}
        isBusy={rotate.isPending}
        error={rotate.error}
        onConfirm={() => rotate.mutate()}
      >
        {t("webhooks.rotateText")}
      </ConfirmModal>
    </Section>
  );
}
