import { ActionIcon, Menu, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { CircleUser, LogOut, ShieldCheck, UserX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { actFor } from "@/api/acting";
import { queryClient } from "@/api/queryClient";
import { signOut, useSession } from "@/api/session";

export function UserMenu() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const session = useSession();
  const leave = useMutation({ mutationFn: signOut, onSettled: () => navigate({ to: "/login" }) });
  const stopActing = async () => {
    actFor(null);
    await navigate({ to: "/operator/customers" });
    await queryClient.resetQueries();
  };
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("shell.userMenu")}>
          <CircleUser size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={560} c="var(--mantine-color-text)" truncate>
            {session.user?.name ?? t(`roles.${session.role}`)}
          </Text>
          <Text size="xs" truncate>
            {session.user?.email}
          </Text>
          <Text size="xs">
            {[session.customer?.name, t(`roles.${session.role}`)].filter(Boolean).join(" · ")}
          </Text>
        </Menu.Label>
        <Menu.Divider />
        {session.acting ? (
          <Menu.Item leftSection={<UserX size={15} aria-hidden />} onClick={stopActing}>
            {t("shell.stopActing", { name: session.acting.name })}
          </Menu.Item>
        ) : null}
        <Menu.Item
          leftSection={<ShieldCheck size={15} aria-hidden />}
          onClick={() => navigate({ to: "/settings/security" })}
        >
          {t("shell.pages.security")}
        </Menu.Item>
        <Menu.Item leftSection={<LogOut size={15} aria-hidden />} onClick={() => leave.mutate()}>
          {t("shell.logOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
