import { Anchor, Button, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { askPasswordReset } from "@/api/session";
import { ErrorState } from "@/ui";
import { AuthFrame } from "./AuthFrame";

export function ForgotPage() {
  const { t } = useTranslation();
  const [email, setEmail] = useState("");
  const ask = useMutation({ mutationFn: () => askPasswordReset(email.trim()) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate();
  };
  const back = (
    <Anchor component={Link} to="/login">
      {t("auth.login")}
    </Anchor>
  );
  if (ask.isSuccess) {
    return (
      <AuthFrame title={t("auth.checkMail")} hint={t("auth.resetSent", { email })} footer={back}>
        {null}
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title={t("auth.forgot")} hint={t("auth.forgotHint")} footer={back}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t("auth.email")}
            type="email"
            autoComplete="username"
            value={email}
            onChange={({ currentTarget }) => setEmail(currentTarget.value)}
            required
            autoFocus
          />
          {ask.error ? <ErrorState error={ask.error} /> : null}
          <Button type="submit" fullWidth loading={ask.isPending}>
            {t("auth.sendLink")}
          </Button>
        </Stack>
      </form>
    </AuthFrame>
  );
}
