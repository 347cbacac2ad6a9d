import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type CallFilter, type DropOffNode, dropOffQuery } from "@/api/calls";
import { useFormats } from "@/format";
import { type Column, DataTable, Loaded, Section } from "@/ui";

interface DropOffProps {
  filter: CallFilter;
  application: string;
}

/** What became of the calls that came to each node of an application. */
export function DropOff({ filter, application }: DropOffProps) {
  const { t } = useTranslation();
  const format = useFormats();
  const query = useQuery(dropOffQuery(application, filter));
  const share = (part: number, { entered }: DropOffNode) =>
    `${format.count(part)} · ${Math.round((100 * part) / entered)} %`;
  const columns: Column<DropOffNode>[] = [
    {
      key: "node",
      title: t("call.node"),
      cell: ({ node, action_type }) => `${node} · ${action_type}`,
    },
    {
      key: "entered",
      title: "",
      isNumeric: true,
      isMinor: true,
      cell: ({ entered }) => t("statistics.entered", { count: entered }),
    },
    {
      key: "on",
      title: t("statistics.wentOn"),
      isNumeric: true,
      cell: (node) => share(node.went_on, node),
    },
    {
      key: "up",
      title: t("statistics.hungUp"),
      isNumeric: true,
      cell: (node) => share(node.hung_up, node),
    },
    {
      key: "ended",
      title: t("statistics.endedHere"),
      isNumeric: true,
      isMinor: true,
      cell: (node) => share(node.ended - node.hung_up, node),
    },
    {
      key: "failed",
      title: t("statistics.toFallback"),
      isNumeric: true,
      isMinor: true,
      cell: (node) => share(node.failed, node),
    },
  ];
  return (
    <Section title={t("statistics.dropOff")} hint={t("statistics.dropOffHint")}>
      <Loaded
        query={query}
        isEmpty={({ nodes }) => nodes.length === 0}
        empty={
          <Text size="sm" c="dimmed">
            {t("statistics.noDropOff")}
          </Text>
        }
      >
        {({ nodes }) => (
          <DataTable
            label={t("statistics.dropOff")}
            columns={columns}
            rows={nodes}
            rowKey={(each) => `${each.node} ${each.action_type}`}
          />
        )}
      </Loaded>
    </Section>
  );
}
