import { Button, Center, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { encode } from "uqr";
import { confirmTotp } from "@/api/account";
import { CodeLine, ErrorState } from "@/ui";
import { RecoveryCodes } from "./RecoveryCodes";

interface EnrolmentProps {
  secret: { secret: string; uri: string };
  onDone: () => void;
}

/** A code to scan, a first code to type, then the recovery codes. */
export function Enrolment({ secret, onDone }: EnrolmentProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [code, setCode] = useState("");
  const confirm = useMutation({
    mutationFn: () => confirmTotp(code.trim()),
    onSuccess: () => client.invalidateQueries({ queryKey: ["me"] }),
  });
  if (confirm.data) return <RecoveryCodes codes={confirm.data.recovery_codes} onDone={onDone} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    confirm.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm">{t("security.scan")}</Text>
        <Center>
          <QrCode text={secret.uri} label={t("security.qrCode")} />
        </Center>
        <Text size="sm" c="dimmed">
          {t("security.byHand")}
        </Text>
        <CodeLine text={secret.secret} />
        <TextInput
          label={t("auth.code")}
          value={code}
          onChange={({ currentTarget }) => setCode(currentTarget.value)}
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          data-autofocus
        />
        {confirm.error ? <ErrorState error={confirm.error} /> : null}
        <Button type="submit" loading={confirm.isPending}>
          {t("security.turnOn")}
        </Button>
      </Stack>
    </form>
  );
}

const DOT = 4;

function QrCode({ text, label }: { text: string; label: string }) {
  const path = useMemo(() => {
    const { data } = encode(text, { border: 2 });
    const dots = data.flatMap((row, y) =>
      row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : "")),
    );
    return { size: data.length, d: dots.join("") };
  }, [text]);
  return (
    <svg
      role="img"
      aria-label={label}
      width={path.size * DOT}
      height={path.size * DOT}
      viewBox={`0 0 ${path.size} ${path.size}`}
      shapeRendering="crispEdges"
      style={{ background: "#fff" }}
    >
      <path d={path.d} fill="#000" />
    </svg>
  );
}
