import { Button, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { invitationsQuery, usersQuery } from "@/api/account";
import { useSession } from "@/api/session";
import { Loaded, Page } from "@/ui";
import { InvitationTable } from "./InvitationTable";
import { InviteModal } from "./InviteModal";
import { UserTable } from "./UserTable";

export function UsersPage() {
  const { t } = useTranslation();
  const session = useSession();
  const canChange = session.can("owner");
  const users = useQuery(usersQuery);
  const invitations = useQuery({ ...invitationsQuery, enabled: canChange });
  const [isInviting, setInviting] = useState(false);
  return (
    <Page
      title={t("shell.pages.users")}
      description={t("users.hint")}
      actions={
        canChange ? (
          <Button
            leftSection={<UserPlus size={16} aria-hidden />}
            onClick={() => setInviting(true)}
          >
            {t("users.invite")}
          </Button>
        ) : null
      }
    >
      <Stack gap="xl">
        <Loaded query={users}>
          {(list) => <UserTable users={list} ownId={session.user?.id} canChange={canChange} />}
        </Loaded>
        {canChange ? (
          <Loaded query={invitations} isEmpty={(list) => list.length === 0}>
            {(list) => <InvitationTable invitations={list} />}
          </Loaded>
        ) : null}
      </Stack>
      <InviteModal opened={isInviting} onClose={() => setInviting(false)} />
    </Page>
  );
}
