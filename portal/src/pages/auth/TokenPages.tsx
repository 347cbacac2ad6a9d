import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { acceptInvitation, resetPassword, tokenOfLink } from "@/api/session";
import { ErrorState } from "@/ui";
import { AuthFrame } from "./AuthFrame";

/** Where the link of a forgotten password leads. */
export function ResetPage() {
  const { t } = useTranslation();
  return (
    <PasswordForm
      title={t("auth.reset")}
      hint={t("auth.resetHint")}
      isNameWanted={false}
      send={({ token, password }) => resetPassword(token, password)}
    />
  );
}

/** Where the link of an invitation leads. */
export function AcceptPage() {
  const { t } = useTranslation();
  return (
    <PasswordForm
      title={t("auth.join")}
      hint={t("auth.joinHint")}
      isNameWanted
      send={acceptInvitation}
    />
  );
}

interface PasswordFormProps {
  title: string;
  hint: string;
  isNameWanted: boolean;
  send: (entry: { token: string; name: string; password: string }) => Promise<unknown>;
}

function PasswordForm({ title, hint, isNameWanted, send }: PasswordFormProps) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const change = useMutation({ mutationFn: () => send({ token: tokenOfLink(), name, password }) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  if (change.isSuccess) {
    return (
      <AuthFrame title={title} hint={t("auth.done")}>
        <Button component={Link} to="/login" fullWidth>
          {t("auth.login")}
        </Button>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title={title} hint={hint}>
      <form onSubmit={submit}>
        <Stack>
          {isNameWanted ? (
            <TextInput
              label={t("auth.name")}
              autoComplete="name"
              value={name}
              onChange={({ currentTarget }) => setName(currentTarget.value)}
              required
            />
          ) : null}
          <PasswordInput
            label={t("auth.newPassword")}
            description={t("auth.passwordHint")}
            autoComplete="new-password"
            value={password}
            onChange={({ currentTarget }) => setPassword(currentTarget.value)}
            required
          />
          {change.error ? <ErrorState error={change.error} /> : null}
          <Button type="submit" fullWidth loading={change.isPending}>
            {t("common.save")}
          </Button>
        </Stack>
      </form>
    </AuthFrame>
  );
}
