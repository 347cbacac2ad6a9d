import { Badge, Button, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { endSession, sessionsQuery } from "@/api/account";
import { Ago, type Column, DataTable, ErrorState, Loaded, Section } from "@/ui";

type Session = {
  id: string;
  is_current: boolean;
  address: string;
  user_agent: string;
  last_used_at: string;
};

/** `Firefox on Linux`, as far as the browser tells. */
function browserOf(agent: string): string {
  const name = /(Firefox|Edg|Chrome|Safari)\//.exec(agent)?.[1]?.replace("Edg", "Edge");
  const system = /(Windows|Mac OS X|Android|iPhone|Linux)/.exec(agent)?.[1];
  return [name, system].filter(Boolean).join(" · ") || agent.slice(0, 40);
}

export function SessionsSection() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const query = useQuery(sessionsQuery);
  const end = useMutation({
    mutationFn: endSession,
    onSuccess: () => client.invalidateQueries({ queryKey: ["sessions"] }),
  });
  const columns: Column<Session>[] = [
    {
      key: "browser",
      title: t("security.browser"),
      cell: (session) => (
        <>
          {browserOf(session.user_agent)}{" "}
          {session.is_current ? (
            <Badge variant="light" radius="sm" tt="none">
              {t("security.thisOne")}
            </Badge>
          ) : null}
          <Text size="xs" c="dimmed">
            {session.address}
          </Text>
        </>
      ),
    },
    {
      key: "used",
      title: t("security.lastUsed"),
      cell: (session) => <Ago moment={session.last_used_at} />,
    },
    {
      key: "end",
      title: "",
      cell: (session) =>
        session.is_current ? null : (
          <Button size="compact-sm" variant="default" onClick={() => end.mutate(session.id)}>
            {t("security.end")}
          </Button>
        ),
    },
  ];
  return (
    <Section title={t("security.sessions")} hint={t("security.sessionsHint")}>
      {end.error ? <ErrorState error={end.error} /> : null}
      <Loaded query={query}>
        {(sessions) => (
          <DataTable
            label={t("security.sessions")}
            columns={columns}
            rows={sessions}
            rowKey={(session) => session.id}
          />
        )}
      </Loaded>
    </Section>
  );
}
