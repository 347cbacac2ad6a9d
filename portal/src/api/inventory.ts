import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "./client";
import { csvBody } from "./sheets";

export type StockedNumber = Schemas["StockedNumber"];

export const inventoryQuery = infiniteQueryOptions({
  queryKey: ["inventory"],
  queryFn: ({ pageParam }) =>
    data(api.GET("/api/v1/inventory", { params: { query: { cursor: pageParam } } })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next_cursor ?? undefined,
});

export const importInventory = (csv: string) => data(api.POST("/api/v1/inventory", csvBody(csv)));
