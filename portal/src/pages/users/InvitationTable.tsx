import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type Invitation, revokeInvitation } from "@/api/account";
import { Ago, type Column, DataTable, ErrorState, Section, StatusDot } from "@/ui";

const TONES = { open: "waiting", accepted: "good", expired: "off", revoked: "off" } as const;

export function InvitationTable({ invitations }: { invitations: Invitation[] }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: revokeInvitation,
    onSuccess: () => client.invalidateQueries({ queryKey: ["invitations"] }),
  });
  const columns: Column<Invitation>[] = [
    { key: "email", title: t("auth.email"), cell: (each) => each.email },
    { key: "role", title: t("keys.role"), isMinor: true, cell: (each) => t(`roles.${each.role}`) },
    {
      key: "status",
      title: t("common.status"),
      cell: (each) => (
        <StatusDot tone={TONES[each.status]} text={t(`users.invitation.${each.status}`)} />
      ),
    },
    {
      key: "sent",
      title: t("users.invited"),
      isMinor: true,
      cell: (each) => <Ago moment={each.created_at} />,
    },
    {
      key: "revoke",
      title: "",
      cell: (each) =>
        each.status === "open" ? (
          <Button size="compact-sm" variant="default" onClick={() => revoke.mutate(each.id)}>
            {t("users.takeBack")}
          </Button>
        ) : null,
    },
  ];
  return (
    <Section title={t("users.invitations")}>
      {revoke.error ? <ErrorState error={revoke.error} /> : null}
      <DataTable
        label={t("users.invitations")}
        columns={columns}
        rows={invitations}
        rowKey={(each) => each.id}
      />
    </Section>
  );
}
