import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "./client";

export type Balance = Schemas["Balance"];
export type Movement = Schemas["Movement"];
export type BalanceAlert = Schemas["BalanceAlert"];

export const balanceQuery = queryOptions({
  queryKey: ["billing", "balance"],
  queryFn: () => data(api.GET("/api/v1/billing/balance")),
});

export const ledgerQuery = infiniteQueryOptions({
  queryKey: ["billing", "ledger"],
  queryFn: ({ pageParam }) =>
    data(api.GET("/api/v1/billing/ledger", { params: { query: { cursor: pageParam } } })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next_cursor ?? undefined,
});

export const alertQuery = queryOptions({
  queryKey: ["billing", "alert"],
  queryFn: () => data(api.GET("/api/v1/billing/alert")),
});

export const setAlert = (body: Schemas["NewBalanceAlert"]) =>
  data(api.PUT("/api/v1/billing/alert", { body }));

export const removeAlert = () => data(api.DELETE("/api/v1/billing/alert"));

export const topUp = (amount: string) =>
  data(api.POST("/api/v1/billing/top-ups", { body: { amount } }));
