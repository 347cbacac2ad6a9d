import { Group, Menu, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ChartColumn, Gauge, Phone, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type HeldNumber, releaseNumber } from "@/api/numbers";
import { useSession } from "@/api/session";
import { formatPhone, useFormats } from "@/format";
import { type Column, ConfirmModal, CopyButton, DataTable, RowMenu } from "@/ui";
import { CallDialog } from "../dialer/CallDialog";
import { numberChoice } from "../dialer/choices";
import { ApplicationSelect } from "./ApplicationSelect";
import { LimitsModal } from "./LimitsModal";

export function NumberTable({ numbers }: { numbers: HeldNumber[] }) {
  const { t } = useTranslation();
  const format = useFormats();
  const client = useQueryClient();
  const navigate = useNavigate();
  const session = useSession();
  const [limiting, setLimiting] = useState<HeldNumber | null>(null);
  const [calling, setCalling] = useState<HeldNumber | null>(null);
  const [releasing, setReleasing] = useState<HeldNumber | null>(null);
  const names = new Intl.DisplayNames(format.language, { type: "region" });
  const release = useMutation({
    mutationFn: ({ number }: HeldNumber) => releaseNumber(number),
    onSuccess: () => {
      setReleasing(null);
      return client.invalidateQueries({ queryKey: ["numbers"] });
    },
  });
  const columns: Column<HeldNumber>[] = [
    {
      key: "number",
      title: t("statistics.number"),
      cell: (held) => (
        <>
          <Group gap={2} wrap="nowrap">
            <Text size="sm" fw={560} className="tabular" style={{ whiteSpace: "nowrap" }}>
              {formatPhone(held.number)}
            </Text>
            <CopyButton value={held.number} label={t("numbers.copy")} />
          </Group>
          <Text size="xs" c="dimmed">
            {[names.of(held.country), held.area].filter(Boolean).join(" · ")}
          </Text>
        </>
      ),
    },
    {
      key: "primary",
      title: t("numbers.primary"),
      cell: (held) => <ApplicationSelect held={held} field="primary_application_id" />,
    },
    {
      key: "fallback",
      title: t("numbers.fallback"),
      isMinor: true,
      cell: (held) => <ApplicationSelect held={held} field="fallback_application_id" />,
    },
    {
      key: "limits",
      title: t("numbers.limits"),
      isMinor: true,
      cell: ({ limits }) => (
        <Text size="sm" c={limits.max_concurrent_calls === null ? "dimmed" : undefined}>
          {limits.max_concurrent_calls === null
            ? t("numbers.noLimit")
            : t("numbers.atOnce", { count: limits.max_concurrent_calls })}
        </Text>
      ),
    },
    {
      key: "actions",
      title: "",
      width: 48,
      cell: (held) => (
        <RowMenu label={t("applications.actionsOf", { name: formatPhone(held.number) })}>
          <Menu.Item
            leftSection={<ChartColumn size={15} aria-hidden />}
            onClick={() => navigate({ to: "/voice/statistics", search: { number: held.number } })}
          >
            {t("numbers.calls")}
          </Menu.Item>
          {session.can("developer") ? (
            <Menu.Item
              leftSection={<Phone size={15} aria-hidden />}
              onClick={() => setCalling(held)}
            >
              {t("dialer.callNumber")}
            </Menu.Item>
          ) : null}
          {session.can("developer") ? (
            <Menu.Item
              leftSection={<Gauge size={15} aria-hidden />}
              onClick={() => setLimiting(held)}
            >
              {t("numbers.limits")}
            </Menu.Item>
          ) : null}
          {session.can("owner") ? (
            <Menu.Item
              color="red.8"
              leftSection={<Trash2 size={15} aria-hidden />}
              onClick={() => setReleasing(held)}
            >
              {t("numbers.release")}
            </Menu.Item>
          ) : null}
        </RowMenu>
      ),
    },
  ];
  return (
    <>
      <DataTable
        label={t("shell.pages.myNumbers")}
        columns={columns}
        rows={numbers}
        rowKey={(held) => held.id}
      />
      <CallDialog
        key={calling?.id}
        opened={calling !== null}
        onClose={() => setCalling(null)}
        choices={calling ? [numberChoice(calling.number)] : []}
      />
      <LimitsModal held={limiting} onClose={() => setLimiting(null)} />
      <ConfirmModal
        opened={releasing !== null}
        onClose={() => setReleasing(null)}
        title={t("numbers.releaseTitle", {
          number: releasing ? formatPhone(releasing.number) : "",
        })}
        action={t("numbers.release")}
        isBusy={release.isPending}
        error={release.error}
        onConfirm={() => releasing && release.mutate(releasing)}
      >
        {t("numbers.releaseText")}
      </ConfirmModal>
    </>
  );
}
