import { Button, Group, Modal, PasswordInput, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { disableTotp, enrolTotp, renewRecoveryCodes } from "@/api/account";
import { useSession } from "@/api/session";
import { ErrorState, Section, StatusDot } from "@/ui";
import { Enrolment } from "./Enrolment";
import { RecoveryCodes } from "./RecoveryCodes";

type Doing = "enrol" | "renew" | "disable";

/** Whether a code is asked for at login, and what changes that; the password comes first. */
export function SecondFactorSection() {
  const { t } = useTranslation();
  const { user } = useSession();
  const [doing, setDoing] = useState<Doing | null>(null);
  if (!user) return null;
  return (
    <Section title={t("security.secondFactor")} hint={t("security.secondFactorHint")}>
      <StatusDot
        tone={user.is_totp_on ? "good" : "off"}
        text={
          user.is_totp_on
            ? t("security.on", { count: user.recovery_codes_left })
            : t("security.off")
        }
      />
      <Group gap="xs">
        {user.is_totp_on ? (
          <>
            <Button variant="default" onClick={() => setDoing("renew")}>
              {t("security.renewCodes")}
            </Button>
            <Button variant="default" onClick={() => setDoing("disable")}>
              {t("security.turnOff")}
            </Button>
          </>
        ) : (
          <Button onClick={() => setDoing("enrol")}>{t("security.turnOn")}</Button>
        )}
      </Group>
      <Modal
        opened={doing !== null}
        onClose={() => setDoing(null)}
        title={t(doing === "disable" ? "security.turnOff" : "security.secondFactor")}
      >
        {doing ? <Confirmed doing={doing} onDone={() => setDoing(null)} /> : null}
      </Modal>
    </Section>
  );
}

function Confirmed({ doing, onDone }: { doing: Doing; onDone: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [password, setPassword] = useState("");
  const refresh = () => client.invalidateQueries({ queryKey: ["me"] });
  const enrol = useMutation({ mutationFn: () => enrolTotp(password) });
  const renew = useMutation({ mutationFn: () => renewRecoveryCodes(password), onSuccess: refresh });
  const disable = useMutation({
    mutationFn: () => disableTotp(password),
    onSuccess: async () => {
      await refresh();
      onDone();
    },
  });
  const change = { enrol, renew, disable }[doing];
  if (enrol.data) return <Enrolment secret={enrol.data} onDone={onDone} />;
  if (renew.data) return <RecoveryCodes codes={renew.data.recovery_codes} onDone={onDone} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <PasswordInput
          label={t("auth.password")}
          description={t("security.confirmHint")}
          autoComplete="current-password"
          value={password}
          onChange={({ currentTarget }) => setPassword(currentTarget.value)}
          required
          data-autofocus
        />
        {change.error ? <ErrorState error={change.error} /> : null}
        <Group justify="flex-end">
          <Button type="submit" loading={change.isPending}>
            {t("security.goOn")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
