import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "./client";
import { csvBody } from "./sheets";

export type TariffVersion = Schemas["TariffShown"];
export type TariffDetails = Schemas["TariffDetails"];
export type Rate = Schemas["DeckRate"];
export type Service = "call" | "dial";

export const tariffsQuery = queryOptions({
  queryKey: ["tariffs"],
  queryFn: () => data(api.GET("/api/v1/tariffs")),
  select: (page) => page.items,
});

export const tariffQuery = (name: string, version: number) =>
  queryOptions({
    queryKey: ["tariffs", name, version],
    queryFn: () =>
      data(api.GET("/api/v1/tariffs/{name}/{version}", { params: { path: { name, version } } })),
  });

export const ratesQuery = (name: string, version: number, service: Service, prefix: string) =>
  infiniteQueryOptions({
    queryKey: ["tariffs", name, version, "rates", service, prefix],
    queryFn: ({ pageParam }) =>
      data(
        api.GET("/api/v1/tariffs/{name}/{version}/rates", {
          params: {
            path: { name, version },
            query: { service, prefix, cursor: pageParam },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

interface NewTariff {
  name: string;
  currency: string;
  /** A UTC day; today where there is none. */
  day?: string;
  csv: string;
}

export const loadTariff = ({ name, currency, day, csv }: NewTariff) =>
  data(
    api.POST("/api/v1/tariffs", {
      params: { query: { name, currency, effective_at: day && `${day}T00:00:00Z` } },
      ...csvBody(csv),
    }),
  );
