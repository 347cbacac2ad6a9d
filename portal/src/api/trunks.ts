import { queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "./client";

export type Trunk = Schemas["TrunkShown"];

export const trunksQuery = queryOptions({
  queryKey: ["trunks"],
  queryFn: () => data(api.GET("/api/v1/trunks")),
  select: (page) => page.items,
});

export const addTrunk = (body: Schemas["NewTrunk"]) => data(api.POST("/api/v1/trunks", { body }));

export const changeTrunk = (name: string, body: Schemas["TrunkChange"]) =>
  data(api.PATCH("/api/v1/trunks/{name}", { params: { path: { name } }, body }));

export const removeTrunk = (name: string) =>
  data(api.DELETE("/api/v1/trunks/{name}", { params: { path: { name } } }));
