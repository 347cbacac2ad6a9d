import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "./client";

export type HeldNumber = Schemas["HeldNumber"];
export type AvailableNumber = Schemas["AvailableNumber"];

export interface NumberSearch {
  country?: string;
  type?: string;
  pattern?: string;
}

export const numbersQuery = queryOptions({
  queryKey: ["numbers"],
  queryFn: () => data(api.GET("/api/v1/numbers", { params: { query: { limit: 200 } } })),
  select: (page) => page.items,
});

export const availableNumbersQuery = (wanted: NumberSearch) =>
  infiniteQueryOptions({
    queryKey: ["available-numbers", wanted],
    queryFn: ({ pageParam }) =>
      data(
        api.GET("/api/v1/available-numbers", {
          params: { query: { ...wanted, limit: 25, cursor: pageParam } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

export const buyNumber = (number: string) =>
  data(api.POST("/api/v1/numbers", { body: { number } }));

export const changeNumber = (number: string, body: Partial<Schemas["NumberChange"]>) =>
  data(
    api.PATCH("/api/v1/numbers/{number}", {
      params: { path: { number } },
      body: body as Schemas["NumberChange"],
    }),
  );

export const releaseNumber = (number: string) =>
  data(api.DELETE("/api/v1/numbers/{number}", { params: { path: { number } } }));
