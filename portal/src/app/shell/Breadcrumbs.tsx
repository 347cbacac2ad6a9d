import { Link, useLocation } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { trailTo } from "./pages";
import classes from "./Shell.module.css";

export function Breadcrumbs() {
  const { t } = useTranslation();
  const path = useLocation({ select: (location) => location.pathname });
  const { group, page } = trailTo(path);
  const isBelow = page !== undefined && path !== page.to;
  return (
    <nav aria-label={t("shell.breadcrumbs")}>
      <ol className={classes.crumbs}>
        {group ? (
          <li>
            {t(`shell.pages.${group}`)}
            <ChevronRight size={14} aria-hidden />
          </li>
        ) : null}
        {page ? (
          <li aria-current={isBelow ? undefined : "page"}>
            {isBelow ? (
              <Link to={page.to}>{t(`shell.pages.${page.name}`)}</Link>
            ) : (
              t(`shell.pages.${page.name}`)
            )}
          </li>
        ) : null}
      </ol>
    </nav>
  );
}
