import {
  AudioLines,
  BookOpenText,
  Boxes,
  Building2,
  ChartColumn,
  KeyRound,
  LayoutDashboard,
  type LucideIcon,
  Phone,
  PhoneCall,
  Route,
  ScrollText,
  ShieldCheck,
  ShoppingCart,
  Tags,
  Users,
  Wallet,
  Webhook,
  Workflow,
} from "lucide-react";
import { useSession } from "@/api/session";
import type { en } from "@/i18n/en";

export type PageName = keyof typeof en.shell.pages;

export interface NavPage {
  name: PageName;
  to: string;
  icon: LucideIcon;
  of?: Whose;
}

/** Whose pages these are: those of a customer, of the operator, or anybody's. */
type Whose = "customer" | "operator";

export interface NavGroup {
  /** The heading; a group without one stands alone. */
  name?: PageName;
  pages: NavPage[];
  of?: Whose;
}

export const NAVIGATION: NavGroup[] = [
  { of: "customer", pages: [{ name: "overview", to: "/", icon: LayoutDashboard }] },
  {
    name: "phoneNumber",
    of: "customer",
    pages: [
      { name: "myNumbers", to: "/numbers", icon: Phone },
      { name: "buyNumber", to: "/numbers/buy", icon: ShoppingCart },
    ],
  },
  {
    name: "voice",
    of: "customer",
    pages: [
      { name: "applications", to: "/voice/applications", icon: Workflow },
      { name: "prompts", to: "/voice/prompts", icon: AudioLines },
      { name: "statistics", to: "/voice/statistics", icon: ChartColumn },
      { name: "live", to: "/voice/live", icon: PhoneCall },
    ],
  },
  { of: "customer", pages: [{ name: "billing", to: "/billing", icon: Wallet }] },
  {
    name: "operatorPages",
    of: "operator",
    pages: [
      { name: "customers", to: "/operator/customers", icon: Building2 },
      { name: "inventory", to: "/operator/inventory", icon: Boxes },
      { name: "trunks", to: "/operator/trunks", icon: Route },
      { name: "tariffs", to: "/operator/tariffs", icon: Tags },
    ],
  },
  {
    name: "developers",
    pages: [
      { name: "keys", to: "/developers/keys", icon: KeyRound },
      { name: "webhooks", to: "/developers/webhooks", icon: Webhook, of: "customer" },
      { name: "apiReference", to: "/developers/api", icon: BookOpenText },
      { name: "audit", to: "/developers/audit", icon: ScrollText },
    ],
  },
  {
    name: "settings",
    pages: [
      { name: "users", to: "/settings/users", icon: Users },
      { name: "security", to: "/settings/security", icon: ShieldCheck },
    ],
  },
];

/** The groups that this reader may use. */
export function useNavigation(): NavGroup[] {
  const session = useSession();
  const isOpen = ({ of }: { of?: Whose }) =>
    of === undefined || (of === "operator" ? session.role === "operator" : session.hasCustomer);
  return NAVIGATION.filter(isOpen).map((group) => ({
    ...group,
    pages: group.pages.filter(isOpen),
  }));
}

interface Trail {
  group?: PageName;
  page?: NavPage;
}

/** The way to a page: its group, then itself; the longest address that fits wins. */
export function trailTo(path: string): Trail {
  let found: Trail = {};
  for (const group of NAVIGATION) {
    for (const page of group.pages) {
      const fits = path === page.to || (page.to !== "/" && path.startsWith(`${page.to}/`));
      const isCloser = page.to.length >= (found.page?.to.length ?? 0);
      if (fits && isCloser) found = { group: group.name, page };
    }
  }
  return found;
}
