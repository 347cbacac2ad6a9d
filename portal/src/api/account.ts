import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "./client";

export type User = Schemas["UserShown"];
export type Invitation = Schemas["InvitationShown"];
export type Customer = Schemas["CustomerShown"];
export type Change = Schemas["Change"];
type AnyRole = User["role"];

const LIMIT = 200;
const nextOf = (page: { next_cursor: string | null }) => page.next_cursor ?? undefined;

export const usersQuery = queryOptions({
  queryKey: ["users"],
  queryFn: () => data(api.GET("/api/v1/users", { params: { query: { limit: LIMIT } } })),
  select: (page) => page.items,
});

export const invitationsQuery = queryOptions({
  queryKey: ["invitations"],
  queryFn: () => data(api.GET("/api/v1/invitations", { params: { query: { limit: LIMIT } } })),
  select: (page) => page.items,
});

export const changeRole = (user_id: string, role: AnyRole) =>
  data(api.PATCH("/api/v1/users/{user_id}", { params: { path: { user_id } }, body: { role } }));

export const removeUser = (user_id: string) =>
  data(api.DELETE("/api/v1/users/{user_id}", { params: { path: { user_id } } }));

export const invite = (body: { email: string; role: AnyRole }) =>
  data(api.POST("/api/v1/invitations", { body }));

export const revokeInvitation = (invitation_id: string) =>
  data(api.DELETE("/api/v1/invitations/{invitation_id}", { params: { path: { invitation_id } } }));

export const sessionsQuery = queryOptions({
  queryKey: ["sessions"],
  queryFn: () => data(api.GET("/api/v1/sessions")),
  select: (list) => list.items,
});

export const endSession = (session_id: string) =>
  data(api.DELETE("/api/v1/sessions/{session_id}", { params: { path: { session_id } } }));

export const changeName = (name: string) => data(api.PATCH("/api/v1/me", { body: { name } }));

export const changePassword = (old_password: string, new_password: string) =>
  data(api.PUT("/api/v1/me/password", { body: { old_password, new_password } }));

export const enrolTotp = (password: string) =>
  data(api.POST("/api/v1/me/totp", { body: { password } }));

export const confirmTotp = (code: string) =>
  data(api.POST("/api/v1/me/totp/confirm", { body: { code } }));

export const renewRecoveryCodes = (password: string) =>
  data(api.POST("/api/v1/me/totp/recovery-codes", { body: { password } }));

export const disableTotp = (password: string) =>
  data(api.POST("/api/v1/me/totp/disable", { body: { password } }));

export interface AuditFilter {
  action?: string;
  actor?: string;
  subject?: string;
}

export const auditQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ["audit-log", filter],
    queryFn: ({ pageParam }) =>
      data(api.GET("/api/v1/audit-log", { params: { query: { ...filter, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: nextOf,
  });

export const customersQuery = (search?: string) =>
  infiniteQueryOptions({
    queryKey: ["customers", search],
    queryFn: ({ pageParam }) =>
      data(api.GET("/api/v1/customers", { params: { query: { search, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: nextOf,
  });

export const createCustomer = (body: Schemas["NewCustomer"]) =>
  data(api.POST("/api/v1/customers", { body }));

const customerPath = (customer_id: string) => ({ params: { path: { customer_id } } });

export const suspendCustomer = (id: string) =>
  data(api.POST("/api/v1/customers/{customer_id}/suspend", customerPath(id)));

export const resumeCustomer = (id: string) =>
  data(api.POST("/api/v1/customers/{customer_id}/resume", customerPath(id)));
