import { Box, Button, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { PhoneCall, PhoneOff } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Call, hangUp, liveCallsQuery } from "@/api/calls";
import { useSession } from "@/api/session";
import { formatDuration, formatPhone } from "@/format";
import {
  type Column,
  ConfirmModal,
  DataTable,
  EmptyState,
  Loaded,
  Mark,
  Page,
  StatusDot,
} from "@/ui";
import { useLiveCalls } from "./useLiveCalls";

const SECOND_MS = 1000;

export function LivePage() {
  const { t } = useTranslation();
  const query = useQuery(liveCallsQuery);
  const isConnected = useLiveCalls();
  const now = useNow();
  const canEnd = useSession().can("developer");
  const [ending, setEnding] = useState<Call | null>(null);
  const end = useMutation({
    mutationFn: (call: Call) => hangUp(call.id),
    onSuccess: () => setEnding(null),
  });
  const columns: Column<Call>[] = [
    {
      key: "caller",
      title: t("statistics.caller"),
      cell: (call) => (
        <Link
          to="/voice/statistics/$id"
          params={{ id: call.id }}
          style={{ color: "inherit", fontWeight: 560, whiteSpace: "nowrap" }}
        >
          {formatPhone(call.caller)}
        </Link>
      ),
    },
    {
      key: "number",
      title: t("statistics.number"),
      isMinor: true,
      cell: (call) => formatPhone(call.number),
    },
    {
      key: "status",
      title: t("common.status"),
      isMinor: true,
      cell: (call) => (
        <StatusDot
          tone={call.status === "in_progress" ? "good" : "waiting"}
          text={t(`live.status.${call.status}`)}
        />
      ),
    },
    {
      key: "place",
      title: t("live.place"),
      cell: (call) => (
        <Text size="sm">
          {call.application ?? "–"}
          {call.node === null
            ? ""
            : ` › ${t("call.nodeNumber", { node: call.node })} ${call.action_type ?? ""}`}{" "}
          {call.is_test ? <Mark>{t("statistics.testCall")}</Mark> : null}
        </Text>
      ),
    },
    {
      key: "since",
      title: t("statistics.duration"),
      isNumeric: true,
      cell: (call) =>
        formatDuration((now - Date.parse(call.answered_at ?? call.created_at)) / SECOND_MS),
    },
    {
      key: "end",
      title: "",
      cell: (call) =>
        canEnd ? (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => setEnding(call)}
            aria-label={t("live.hangUp")}
          >
            <PhoneOff size={14} aria-hidden />
            <Box component="span" visibleFrom="sm" ml={6}>
              {t("live.hangUp")}
            </Box>
          </Button>
        ) : null,
    },
  ];
  return (
    <Page
      title={t("shell.pages.live")}
      description={t("live.hint")}
      actions={
        <StatusDot
          tone={isConnected ? "good" : "waiting"}
          text={t(isConnected ? "live.connected" : "live.connecting")}
        />
      }
    >
      <Loaded
        query={query}
        isEmpty={(calls) => calls.length === 0}
        empty={<EmptyState icon={PhoneCall} text={t("live.empty")} />}
      >
        {(calls) => (
          <DataTable
            label={t("shell.pages.live")}
            columns={columns}
            rows={calls}
            rowKey={(call) => call.id}
          />
        )}
      </Loaded>
      <ConfirmModal
        opened={ending !== null}
        onClose={() => setEnding(null)}
        title={t("live.endTitle", { caller: ending ? formatPhone(ending.caller) : "" })}
        action={t("live.hangUp")}
        isBusy={end.isPending}
        error={end.error}
        onConfirm={() => ending && end.mutate(ending)}
      >
        {t("live.endText")}
      </ConfirmModal>
    </Page>
  );
}

function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), SECOND_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
