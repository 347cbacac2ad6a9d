import { createRootRoute, createRoute, lazyRouteComponent, Outlet } from "@tanstack/react-router";
import { Shell } from "./shell/Shell";

const root = createRootRoute({ component: Outlet });

const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });

const overview = createRoute({
  getParentRoute: () => shell,
  path: "/",
  component: lazyRouteComponent(() => import("@/pages/overview/OverviewPage"), "OverviewPage"),
});

const apiReference = createRoute({
  getParentRoute: () => shell,
  path: "/developers/api",
  component: lazyRouteComponent(
    () => import("@/pages/api-reference/ReferencePage"),
    "ReferencePage",
  ),
});

export const routeTree = root.addChildren([shell.addChildren([overview, apiReference])]);
