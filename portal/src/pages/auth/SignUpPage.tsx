import { Anchor, Button, PasswordInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { sendVerificationAgain, signUp } from "@/api/session";
import { ErrorState } from "@/ui";
import { AuthFrame } from "./AuthFrame";

const CURRENCIES = ["EUR", "GBP", "USD", "RON", "CHF"];

export function SignUpPage() {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: { name: "", company: "", email: "", password: "", currency: "EUR" },
  });
  const register = useMutation({ mutationFn: signUp });
  if (register.isSuccess) return <MailSent email={form.values.email} />;
  return (
    <AuthFrame
      title={t("auth.signUp")}
      hint={t("auth.signUpHint")}
      footer={
        <>
          {t("auth.haveAccount")}{" "}
          <Anchor component={Link} to="/login">
            {t("auth.login")}
          </Anchor>
        </>
      }
    >
      <form onSubmit={form.onSubmit((values) => register.mutate(values))}>
        <Stack>
          <TextInput
            label={t("auth.name")}
            autoComplete="name"
            required
            autoFocus
            {...form.getInputProps("name")}
          />
          <TextInput
            label={t("auth.company")}
            autoComplete="organization"
            required
            {...form.getInputProps("company")}
          />
          <TextInput
            label={t("auth.email")}
            type="email"
            autoComplete="email"
            required
            {...form.getInputProps("email")}
          />
          <PasswordInput
            label={t("auth.password")}
            description={t("auth.passwordHint")}
            autoComplete="new-password"
            required
            {...form.getInputProps("password")}
          />
          <Select
            label={t("auth.currency")}
            data={CURRENCIES}
            allowDeselect={false}
            {...form.getInputProps("currency")}
          />
          {register.error ? <ErrorState error={register.error} /> : null}
          <Button type="submit" fullWidth loading={register.isPending}>
            {t("auth.signUp")}
          </Button>
        </Stack>
      </form>
    </AuthFrame>
  );
}

/** The same page whether or not the address was new: nobody learns who has an account. */
function MailSent({ email }: { email: string }) {
  const { t } = useTranslation();
  const again = useMutation({ mutationFn: () => sendVerificationAgain(email) });
  return (
    <AuthFrame title={t("auth.checkMail")} hint={t("auth.checkMailText", { email })}>
      <Stack>
        {again.error ? <ErrorState error={again.error} /> : null}
        {again.isSuccess ? <Text size="sm">{t("auth.sentAgain")}</Text> : null}
        <Button variant="default" loading={again.isPending} onClick={() => again.mutate()}>
          {t("auth.sendAgain")}
        </Button>
      </Stack>
    </AuthFrame>
  );
}
