import { Group, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { ScrollText } from "lucide-react";
import { useTranslation } from "react-i18next";
import { auditQuery, type Change } from "@/api/account";
import { useFormats } from "@/format";
import { type Column, DataTable, EmptyState, Loaded, MoreButton, Page } from "@/ui";
import { ChangeDetail } from "./ChangeDetail";

const TYPED_MS = 300;

export function AuditPage() {
  const { t } = useTranslation();
  const format = useFormats();
  const filter = useSearch({ from: "/shell/developers/audit" });
  const navigate = useNavigate({ from: "/developers/audit" });
  const query = useInfiniteQuery(auditQuery(filter));
  const set = useDebouncedCallback(
    (name: "action" | "actor", value: string) =>
      navigate({ search: (before) => ({ ...before, [name]: value || undefined }), replace: true }),
    TYPED_MS,
  );
  const columns: Column<Change>[] = [
    {
      key: "at",
      title: `${t("audit.at")} (${t("common.utc")})`,
      cell: (change) => (
        <span className="tabular">{format.moment(change.at).replace(" UTC", "")}</span>
      ),
    },
    {
      key: "actor",
      title: t("audit.actor"),
      isMinor: true,
      cell: (change) => change.actor.replace(/^user:/, ""),
    },
    {
      key: "action",
      title: t("audit.action"),
      cell: (change) => (
        <>
          <Text size="sm" ff="monospace">
            {change.action}
          </Text>
          <Text size="xs" c="dimmed" hiddenFrom="sm" style={{ overflowWrap: "anywhere" }}>
            {change.actor.replace(/^user:/, "")}
          </Text>
        </>
      ),
    },
    {
      key: "change",
      title: t("audit.change"),
      isMinor: true,
      cell: (change) => <ChangeDetail change={change} />,
    },
  ];
  return (
    <Page title={t("shell.pages.audit")} description={t("audit.hint")}>
      <Group mb="md" gap="xs">
        <TextInput
          w={{ base: "100%", xs: "auto" }}
          aria-label={t("audit.action")}
          placeholder={t("audit.actionExample")}
          defaultValue={filter.action}
          onChange={({ currentTarget }) => set("action", currentTarget.value)}
        />
        <TextInput
          w={{ base: "100%", xs: "auto" }}
          aria-label={t("audit.actor")}
          placeholder={t("audit.actorExample")}
          defaultValue={filter.actor}
          onChange={({ currentTarget }) => set("actor", currentTarget.value)}
        />
      </Group>
      <Loaded
        query={query}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={<EmptyState icon={ScrollText} text={t("audit.empty")} />}
      >
        {({ pages }) => (
          <DataTable
            label={t("shell.pages.audit")}
            columns={columns}
            rows={pages.flatMap((page) => page.items)}
            rowKey={(change) => change.id}
          />
        )}
      </Loaded>
      <MoreButton query={query} />
    </Page>
  );
}
