import { Anchor, Badge, Group, Text } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Application } from "@/api/applications";
import { formatPhone } from "@/format";
import { Ago, type Column, DataTable, StatusDot } from "@/ui";
import { ApplicationMenu } from "./ApplicationMenu";

interface ApplicationTableProps {
  applications: Application[];
  canChange: boolean;
}

export function ApplicationTable({ applications, canChange }: ApplicationTableProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const columns: Column<Application>[] = [
    {
      key: "name",
      title: t("common.name"),
      cell: (application) => (
        <>
          <Anchor
            component={Link}
            to={`/voice/applications/${application.id}`}
            c="inherit"
            fw={560}
            size="sm"
            onClick={(event) => event.stopPropagation()}
          >
            {application.name}
          </Anchor>
          {application.description ? (
            <Text size="xs" c="dimmed" lineClamp={1}>
              {application.description}
            </Text>
          ) : null}
        </>
      ),
    },
    {
      key: "status",
      title: t("common.status"),
      cell: (application) => <ApplicationStatus application={application} />,
    },
    {
      key: "numbers",
      title: t("applications.numbers"),
      isMinor: true,
      cell: ({ numbers }) => (
        <Text size="sm" c={numbers.length ? undefined : "dimmed"} className="tabular">
          {numbers.length ? numbers.map(formatPhone).join(", ") : t("applications.noNumbers")}
        </Text>
      ),
    },
    {
      key: "created",
      title: t("applications.created"),
      isMinor: true,
      cell: (application) => <Ago moment={application.created_at} />,
    },
    {
      key: "actions",
      title: "",
      width: 48,
      cell: (application) => (canChange ? <ApplicationMenu application={application} /> : null),
    },
  ];
  return (
    <DataTable
      label={t("shell.pages.applications")}
      columns={columns}
      rows={applications}
      rowKey={(application) => application.id}
      onOpen={({ id }) => navigate({ to: "/voice/applications/$id", params: { id } })}
    />
  );
}

function ApplicationStatus({ application }: { application: Application }) {
  const { t } = useTranslation();
  const { version, is_enabled, has_draft } = application;
  const state = !is_enabled ? "disabled" : version === 0 ? "unpublished" : "published";
  const tone = state === "published" ? "good" : state === "disabled" ? "off" : "waiting";
  return (
    <Group gap="xs" wrap="nowrap">
      <StatusDot tone={tone} text={t(`applications.status.${state}`, { version })} />
      {has_draft ? (
        <Badge variant="light" color="gray" radius="sm" tt="none">
          {t("applications.draft")}
        </Badge>
      ) : null}
    </Group>
  );
}
