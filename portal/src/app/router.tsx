import { createRouter } from "@tanstack/react-router";
import { RowsSkeleton } from "@/ui";
import { Crashed } from "./Crashed";
import { NotFound } from "./NotFound";
import { routeTree } from "./routes";

export const router = createRouter({
  routeTree,
  defaultPreload: "intent",
  defaultPendingMs: 200,
  defaultPendingComponent: () => <RowsSkeleton />,
  defaultNotFoundComponent: NotFound,
  defaultErrorComponent: Crashed,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
