import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { differenceQuery } from "@/api/applications";
import { Loaded, RowsSkeleton } from "@/ui";
import classes from "./DifferenceView.module.css";

const shown = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

/** What the draft changes about a version, node by node. */
export function DifferenceView({ id, before }: { id: string; before: number }) {
  const { t } = useTranslation();
  const query = useQuery(differenceQuery(id, before));
  return (
    <Loaded
      query={query}
      skeleton={<RowsSkeleton rows={2} height={20} />}
      isEmpty={({ added_nodes, removed_nodes, changes }) =>
        added_nodes.length + removed_nodes.length + changes.length === 0
      }
      empty={<Text size="xs">{t("editor.same")}</Text>}
    >
      {({ added_nodes, removed_nodes, changes }) => (
        <Stack gap={4} className={classes.changes}>
          {added_nodes.map((node) => (
            <ins key={node}>{t("editor.nodeAdded", { node })}</ins>
          ))}
          {removed_nodes.map((node) => (
            <del key={node}>{t("editor.nodeRemoved", { node })}</del>
          ))}
          {changes.map((change) => (
            <div key={`${change.node}.${change.field}`}>
              <Text size="xs" c="dimmed">
                {change.node === null
                  ? t("editor.document")
                  : t("editor.node", { node: change.node })}{" "}
                · {change.field.replace("ChannelBehaviorAction.", "")}
              </Text>
              {change.kind === "added" ? null : <del>{shown(change.before)}</del>}
              {change.kind === "removed" ? null : <ins>{shown(change.after)}</ins>}
            </div>
          ))}
        </Stack>
      )}
    </Loaded>
  );
}
