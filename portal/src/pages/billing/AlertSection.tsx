import { Button, Group, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { alertQuery, type BalanceAlert, removeAlert, setAlert } from "@/api/billing";
import { useSession } from "@/api/session";
import { ErrorState, Loaded, Section } from "@/ui";

export function AlertSection({ currency }: { currency: string }) {
  const { t } = useTranslation();
  const query = useQuery(alertQuery);
  return (
    <Section title={t("billing.alert")} hint={t("billing.alertHint")}>
      <Loaded query={query}>
        {(alert) => <AlertForm key={JSON.stringify(alert)} alert={alert} currency={currency} />}
      </Loaded>
    </Section>
  );
}

function AlertForm({ alert, currency }: { alert: BalanceAlert; currency: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const canChange = useSession().can("owner");
  const [below, setBelow] = useState(alert.below ?? "");
  const [email, setEmail] = useState(alert.email ?? "");
  const [url, setUrl] = useState(alert.url ?? "");
  const refresh = () => client.invalidateQueries({ queryKey: ["billing", "alert"] });
  const save = useMutation({
    mutationFn: () => setAlert({ below, email: email || null, url: url || null }),
    onSuccess: refresh,
  });
  const remove = useMutation({ mutationFn: removeAlert, onSuccess: refresh });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Group gap="xs" align="flex-end">
        <TextInput
          label={t("billing.below", { currency })}
          inputMode="decimal"
          placeholder="5.00"
          value={below}
          onChange={({ currentTarget }) => setBelow(currentTarget.value)}
          disabled={!canChange}
          required
          w={{ base: "100%", xs: 170 }}
        />
        <TextInput
          label={t("auth.email")}
          type="email"
          w={{ base: "100%", xs: "auto" }}
          value={email}
          onChange={({ currentTarget }) => setEmail(currentTarget.value)}
          disabled={!canChange}
        />
        <TextInput
          label={t("billing.url")}
          type="url"
          w={{ base: "100%", xs: "auto" }}
          placeholder="https://"
          value={url}
          onChange={({ currentTarget }) => setUrl(currentTarget.value)}
          disabled={!canChange}
        />
        {canChange ? (
          <>
            <Button type="submit" variant="default" loading={save.isPending}>
              {t("common.save")}
            </Button>
            {alert.below !== null ? (
              <Button
                variant="subtle"
                color="gray"
                loading={remove.isPending}
                onClick={() => remove.mutate()}
              >
                {t("common.delete")}
              </Button>
            ) : null}
          </>
        ) : null}
      </Group>
      {save.error || remove.error ? <ErrorState error={save.error ?? remove.error} /> : null}
    </form>
  );
}
