import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { actFor, acting } from "./acting";
import { api, data, type Schemas } from "./client";
import { queryClient } from "./queryClient";

export type Me = Schemas["Me"];
export type Role = Me["role"];

const RANKS: Record<Role, number> = { viewer: 0, developer: 1, owner: 2, operator: 3 };

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: () => data(api.GET("/api/v1/me")),
  staleTime: 60_000,
});

/** Who is signed in, and what they may do; every page inside the shell has somebody. */
export function useSession() {
  const { data: me } = useSuspenseQuery(meQuery);
  return {
    ...me,
    customer_code: me.customer?.id ?? "",
    currency: me.customer?.currency ?? "EUR",
    can: (role: Role) => RANKS[me.role] >= RANKS[role],
    /** An operator who has not chosen a customer sees the platform's pages only. */
    hasCustomer: me.customer !== null,
    acting: acting(),
  };
}

export const signIn = (body: Schemas["Credentials"]) =>
  data(api.POST("/api/v1/sessions", { body }));

export async function signOut(): Promise<void> {
  await data(api.DELETE("/api/v1/sessions/current"));
  actFor(null);
  queryClient.clear();
}

export const signUp = (body: Schemas["SignUp"]) => data(api.POST("/api/v1/sign-up", { body }));

export const verifyEmail = (token: string) =>
  data(api.POST("/api/v1/sign-up/verify", { body: { token } }));

export const sendVerificationAgain = (email: string) =>
  data(api.POST("/api/v1/sign-up/resend", { body: { email } }));

export const askPasswordReset = (email: string) =>
  data(api.POST("/api/v1/password-resets", { body: { email } }));

export const resetPassword = (token: string, password: string) =>
  data(api.POST("/api/v1/password-resets/complete", { body: { token, password } }));

export const acceptInvitation = (body: Schemas["Acceptance"]) =>
  data(api.POST("/api/v1/invitations/accept", { body }));

/** What a link in an e-mail has behind its `#token=`. */
export const tokenOfLink = (): string =>
  new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
