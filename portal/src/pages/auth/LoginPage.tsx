import { Anchor, Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/api/problem";
import { meQuery, signIn } from "@/api/session";
import { ErrorState } from "@/ui";
import { AuthFrame } from "./AuthFrame";

/** Address and password; where the second factor is on, its code in the same place. */
export function LoginPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { to = "/" } = useSearch({ from: "/login" });
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const login = useMutation({
    mutationFn: () => signIn({ email: email.trim(), password, code: code.trim() || undefined }),
    onSuccess: async () => {
      client.clear();
      await client.fetchQuery(meQuery);
      await navigate({ to });
    },
  });
  const problem = login.error ? Problem.from(login.error) : null;
  const isCodeWanted = code !== "" || (problem?.is("code-required") ?? false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    login.mutate();
  };
  return (
    <AuthFrame
      title={t("auth.login")}
      footer={
        <>
          {t("auth.noAccount")}{" "}
          <Anchor component={Link} to="/signup">
            {t("auth.signUp")}
          </Anchor>
        </>
      }
    >
      <form onSubmit={submit}>
        <Stack mt="md">
          <TextInput
            label={t("auth.email")}
            type="email"
            autoComplete="username"
            value={email}
            onChange={({ currentTarget }) => setEmail(currentTarget.value)}
            required
            autoFocus
          />
          <PasswordInput
            label={t("auth.password")}
            autoComplete="current-password"
            value={password}
            onChange={({ currentTarget }) => setPassword(currentTarget.value)}
            required
          />
          {isCodeWanted ? (
            <TextInput
              label={t("auth.code")}
              description={t("auth.codeHint")}
              autoComplete="one-time-code"
              inputMode="text"
              value={code}
              onChange={({ currentTarget }) => setCode(currentTarget.value)}
              required
              autoFocus
            />
          ) : null}
          {problem && !problem.is("code-required") ? <ErrorState error={problem} /> : null}
          <Button type="submit" fullWidth loading={login.isPending}>
            {t("auth.login")}
          </Button>
          <Anchor component={Link} to="/forgot-password" size="sm" ta="center">
            {t("auth.forgot")}
          </Anchor>
        </Stack>
      </form>
    </AuthFrame>
  );
}
