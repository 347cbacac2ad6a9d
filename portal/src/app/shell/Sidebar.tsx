import { Burger, Group } from "@mantine/core";
import { Link, useLocation } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type NavGroup, type NavPage, trailTo, useNavigation } from "./pages";
import classes from "./Shell.module.css";

export function Sidebar({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const groups = useNavigation();
  return (
    <>
      <Group justify="space-between" pr="md" wrap="nowrap">
        <Link to="/" className={classes.brand}>
          <img src="/dillo.svg" alt="" width={22} height={22} />
          Dillo
        </Link>
        <Burger
          opened
          onClick={onClose}
          hiddenFrom="sm"
          size="sm"
          aria-label={t("shell.closeMenu")}
        />
      </Group>
      <div className={classes.groups}>
        {groups.map((group) => (
          <SidebarGroup key={group.pages[0]?.to} group={group} />
        ))}
      </div>
    </>
  );
}

function SidebarGroup({ group }: { group: NavGroup }) {
  const { t } = useTranslation();
  const title = group.name && t(`shell.pages.${group.name}`);
  return (
    <>
      {title ? <div className={classes.group}>{title}</div> : null}
      <ul className={classes.list} aria-label={title}>
        {group.pages.map((page) => (
          <li key={page.to}>
            <SidebarLink page={page} />
          </li>
        ))}
      </ul>
    </>
  );
}

function SidebarLink({ page }: { page: NavPage }) {
  const { t } = useTranslation();
  const path = useLocation({ select: (location) => location.pathname });
  const isHere = trailTo(path).page?.to === page.to;
  const Icon = page.icon;
  return (
    <Link
      to={page.to}
      className={classes.link}
      // The router would mark every page above this one, too.
      activeOptions={{ exact: true, includeSearch: false }}
      aria-current={isHere ? "page" : undefined}
    >
      <Icon size={16} strokeWidth={1.75} aria-hidden />
      {t(`shell.pages.${page.name}`)}
    </Link>
  );
}
