import { Badge, Button, Card, Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { History } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Application, restoreVersion, type Version, versionsQuery } from "@/api/applications";
import { Ago, ConfirmModal, EmptyState, Loaded } from "@/ui";
import { DifferenceView } from "./DifferenceView";
import { SidePanel } from "./SidePanel";

interface VersionsPanelProps {
  application: Application;
  isReadOnly: boolean;
  onClose: () => void;
}

/** What was published, how the draft differs from it, and the way back. */
export function VersionsPanel({ application, isReadOnly, onClose }: VersionsPanelProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const query = useQuery(versionsQuery(application.id));
  const [compared, setCompared] = useState<number | null>(null);
  const [restoring, setRestoring] = useState<Version | null>(null);
  const restore = useMutation({
    mutationFn: (version: Version) => restoreVersion(application.id, version.number, ""),
    onSuccess: async ({ version }) => {
      setRestoring(null);
      notifications.show({ message: t("editor.published", { version: version.number }) });
      await client.invalidateQueries({ queryKey: ["applications"] });
    },
  });
  return (
    <SidePanel title={t("editor.versions")} onClose={onClose}>
      <Loaded
        query={query}
        isEmpty={(versions) => versions.length === 0}
        empty={<EmptyState icon={History} text={t("editor.noVersions")} />}
      >
        {(versions) => (
          <Stack gap="sm">
            {versions.map((version) => (
              <VersionCard
                key={version.id}
                application={application}
                version={version}
                isCompared={compared === version.number}
                onCompare={() => setCompared(compared === version.number ? null : version.number)}
                onRestore={isReadOnly ? undefined : () => setRestoring(version)}
              />
            ))}
          </Stack>
        )}
      </Loaded>
      <ConfirmModal
        opened={restoring !== null}
        onClose={() => setRestoring(null)}
        title={t("editor.restoreTitle", { version: restoring?.number })}
        action={t("editor.restore")}
        isBusy={restore.isPending}
        error={restore.error}
        onConfirm={() => restoring && restore.mutate(restoring)}
      >
        {t("editor.restoreText")}
      </ConfirmModal>
    </SidePanel>
  );
}

interface VersionCardProps {
  application: Application;
  version: Version;
  isCompared: boolean;
  onCompare: () => void;
  onRestore?: () => void;
}

function VersionCard({ application, version, isCompared, onCompare, onRestore }: VersionCardProps) {
  const { t } = useTranslation();
  const isInForce = version.number === application.version;
  return (
    <Card withBorder p="sm">
      <Stack gap={6}>
        <Group justify="space-between" wrap="nowrap">
          <Text size="sm" fw={560}>
            {t("editor.version", { version: version.number })}
          </Text>
          {isInForce ? (
            <Badge radius="sm" variant="light" tt="none">
              {t("editor.inForce")}
            </Badge>
          ) : null}
        </Group>
        {version.note ? <Text size="sm">{version.note}</Text> : null}
        <Text size="xs" c="dimmed">
          <Ago moment={version.published_at} />
          {version.published_by ? ` · ${version.published_by.replace(/^user:/, "")}` : ""}
          {version.restored_from
            ? ` · ${t("editor.restoredFrom", { version: version.restored_from })}`
            : ""}
        </Text>
        <Group gap="xs">
          <Button
            size="compact-xs"
            variant="default"
            aria-expanded={isCompared}
            onClick={onCompare}
          >
            {t("editor.compare")}
          </Button>
          {onRestore && !isInForce ? (
            <Button size="compact-xs" variant="default" onClick={onRestore}>
              {t("editor.restore")}
            </Button>
          ) : null}
        </Group>
        {isCompared ? <DifferenceView id={application.id} before={version.number} /> : null}
      </Stack>
    </Card>
  );
}
