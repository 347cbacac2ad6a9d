import { Button, PasswordInput, Stack } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { changePassword } from "@/api/account";
import { ErrorState, Section } from "@/ui";

export function PasswordSection() {
  const { t } = useTranslation();
  const [before, setBefore] = useState("");
  const [after, setAfter] = useState("");
  const change = useMutation({
    mutationFn: () => changePassword(before, after),
    onSuccess: () => {
      setBefore("");
      setAfter("");
      notifications.show({ message: t("security.passwordChanged") });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <Section title={t("auth.password")} hint={t("security.passwordHint")}>
      <form onSubmit={submit}>
        <Stack maw={360}>
          <PasswordInput
            label={t("security.oldPassword")}
            autoComplete="current-password"
            value={before}
            onChange={({ currentTarget }) => setBefore(currentTarget.value)}
            required
          />
          <PasswordInput
            label={t("auth.newPassword")}
            description={t("auth.passwordHint")}
            autoComplete="new-password"
            value={after}
            onChange={({ currentTarget }) => setAfter(currentTarget.value)}
            required
          />
          {change.error ? <ErrorState error={change.error} /> : null}
          <div>
            <Button type="submit" variant="default" loading={change.isPending}>
              {t("security.changePassword")}
            </Button>
          </div>
        </Stack>
      </form>
    </Section>
  );
}
