import {
  createRootRoute,
  createRoute,
  lazyRouteComponent as lazy,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { Problem } from "@/api/problem";
import { queryClient } from "@/api/queryClient";
import { meQuery } from "@/api/session";
import * as search from "./search";
import { Shell } from "./shell/Shell";

const root = createRootRoute({ component: Outlet });

/** Everything inside the shell has somebody who is signed in; others sign in first. */
const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  component: Shell,
  beforeLoad: async ({ location }) => {
    try {
      await queryClient.ensureQueryData(meQuery);
    } catch (error) {
      if (Problem.from(error).status !== 401) throw error;
      const to = location.href === "/" ? undefined : location.href;
      throw redirect({ to: "/login", search: { to } });
    }
  },
});

const inShell = () => shell;
const atRoot = () => root;

const login = createRoute({
  getParentRoute: atRoot,
  path: "/login",
  validateSearch: search.login,
  component: lazy(() => import("@/pages/auth/LoginPage"), "LoginPage"),
});
const signup = createRoute({
  getParentRoute: atRoot,
  path: "/signup",
  component: lazy(() => import("@/pages/auth/SignUpPage"), "SignUpPage"),
});
const forgot = createRoute({
  getParentRoute: atRoot,
  path: "/forgot-password",
  component: lazy(() => import("@/pages/auth/ForgotPage"), "ForgotPage"),
});
const verify = createRoute({
  getParentRoute: atRoot,
  path: "/verify-email",
  component: lazy(() => import("@/pages/auth/VerifyPage"), "VerifyPage"),
});
const reset = createRoute({
  getParentRoute: atRoot,
  path: "/reset-password",
  component: lazy(() => import("@/pages/auth/TokenPages"), "ResetPage"),
});
const accept = createRoute({
  getParentRoute: atRoot,
  path: "/accept-invitation",
  component: lazy(() => import("@/pages/auth/TokenPages"), "AcceptPage"),
});

const overview = createRoute({
  getParentRoute: inShell,
  path: "/",
  // An operator who acts for nobody begins with the customers there are.
  beforeLoad: async () => {
    const { customer } = await queryClient.ensureQueryData(meQuery);
    if (customer === null) throw redirect({ to: "/operator/customers" });
  },
  component: lazy(() => import("@/pages/overview/OverviewPage"), "OverviewPage"),
});
const numbers = createRoute({
  getParentRoute: inShell,
  path: "/numbers",
  component: lazy(() => import("@/pages/numbers/NumbersPage"), "NumbersPage"),
});
const buy = createRoute({
  getParentRoute: inShell,
  path: "/numbers/buy",
  validateSearch: search.buy,
  component: lazy(() => import("@/pages/buy/BuyPage"), "BuyPage"),
});
const billing = createRoute({
  getParentRoute: inShell,
  path: "/billing",
  component: lazy(() => import("@/pages/billing/BillingPage"), "BillingPage"),
});
const applications = createRoute({
  getParentRoute: inShell,
  path: "/voice/applications",
  validateSearch: search.applications,
  component: lazy(() => import("@/pages/applications/ApplicationsPage"), "ApplicationsPage"),
});
const editor = createRoute({
  getParentRoute: inShell,
  path: "/voice/applications/$id",
  validateSearch: search.editor,
  component: lazy(() => import("@/pages/editor/EditorPage"), "EditorPage"),
});
const prompts = createRoute({
  getParentRoute: inShell,
  path: "/voice/prompts",
  component: lazy(() => import("@/pages/prompts/PromptsPage"), "PromptsPage"),
});
const statistics = createRoute({
  getParentRoute: inShell,
  path: "/voice/statistics",
  validateSearch: search.statistics,
  component: lazy(() => import("@/pages/statistics/StatisticsPage"), "StatisticsPage"),
});
const call = createRoute({
  getParentRoute: inShell,
  path: "/voice/statistics/$id",
  component: lazy(() => import("@/pages/call/CallPage"), "CallPage"),
});
const live = createRoute({
  getParentRoute: inShell,
  path: "/voice/live",
  component: lazy(() => import("@/pages/live/LivePage"), "LivePage"),
});
const keys = createRoute({
  getParentRoute: inShell,
  path: "/developers/keys",
  component: lazy(() => import("@/pages/keys/KeysPage"), "KeysPage"),
});
const webhooks = createRoute({
  getParentRoute: inShell,
  path: "/developers/webhooks",
  validateSearch: search.webhooks,
  component: lazy(() => import("@/pages/webhooks/WebhooksPage"), "WebhooksPage"),
});
const apiReference = createRoute({
  getParentRoute: inShell,
  path: "/developers/api",
  component: lazy(() => import("@/pages/api-reference/ReferencePage"), "ReferencePage"),
});
const audit = createRoute({
  getParentRoute: inShell,
  path: "/developers/audit",
  validateSearch: search.audit,
  component: lazy(() => import("@/pages/audit/AuditPage"), "AuditPage"),
});
const users = createRoute({
  getParentRoute: inShell,
  path: "/settings/users",
  component: lazy(() => import("@/pages/users/UsersPage"), "UsersPage"),
});
const security = createRoute({
  getParentRoute: inShell,
  path: "/settings/security",
  component: lazy(() => import("@/pages/security/SecurityPage"), "SecurityPage"),
});
const customers = createRoute({
  getParentRoute: inShell,
  path: "/operator/customers",
  validateSearch: search.customers,
  component: lazy(() => import("@/pages/customers/CustomersPage"), "CustomersPage"),
});

const inventory = createRoute({
  getParentRoute: inShell,
  path: "/operator/inventory",
  component: lazy(() => import("@/pages/inventory/InventoryPage"), "InventoryPage"),
});

const trunks = createRoute({
  getParentRoute: inShell,
  path: "/operator/trunks",
  component: lazy(() => import("@/pages/trunks/TrunksPage"), "TrunksPage"),
});

const tariffs = createRoute({
  getParentRoute: inShell,
  path: "/operator/tariffs",
  component: lazy(() => import("@/pages/tariffs/TariffsPage"), "TariffsPage"),
});

const tariff = createRoute({
  getParentRoute: inShell,
  path: "/operator/tariffs/$name/$version",
  validateSearch: search.tariff,
  component: lazy(() => import("@/pages/tariffs/TariffPage"), "TariffPage"),
});

export const routeTree = root.addChildren([
  login,
  signup,
  forgot,
  verify,
  reset,
  accept,
  shell.addChildren([
    overview,
    numbers,
    buy,
    billing,
    applications,
    editor,
    prompts,
    statistics,
    call,
    live,
    keys,
    webhooks,
    apiReference,
    audit,
    users,
    security,
    customers,
    inventory,
    trunks,
    tariffs,
    tariff,
  ]),
]);
