import { BookOpenText, LayoutDashboard, type LucideIcon } from "lucide-react";
import type { en } from "@/i18n/en";

export type PageName = keyof typeof en.shell.pages;

export interface NavPage {
  name: PageName;
  to: string;
  icon: LucideIcon;
}

export interface NavGroup {
  /** The heading; a group without one stands alone. */
  name?: PageName;
  pages: NavPage[];
  isForOperators?: boolean;
}

export const NAVIGATION: NavGroup[] = [
  { pages: [{ name: "overview", to: "/", icon: LayoutDashboard }] },
  {
    name: "developers",
    pages: [{ name: "apiReference", to: "/developers/api", icon: BookOpenText }],
  },
];

/** The groups that this reader may use. */
export function useNavigation(): NavGroup[] {
  return NAVIGATION;
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
