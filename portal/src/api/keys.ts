import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "./client";

export type ApiKey = Schemas["Key"];
export type IssuedKey = Schemas["IssuedKey"];
export type KeyRole = ApiKey["role"];

export const keysQuery = infiniteQueryOptions({
  queryKey: ["keys"],
  queryFn: ({ pageParam }) =>
    data(api.GET("/api/v1/keys", { params: { query: { cursor: pageParam } } })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next_cursor ?? undefined,
});

export const createKey = (body: { name: string; role: KeyRole }) =>
  data(api.POST("/api/v1/keys", { body }));

export const renameKey = (key_id: string, name: string) =>
  data(api.PATCH("/api/v1/keys/{key_id}", { params: { path: { key_id } }, body: { name } }));

export const rotateKey = (key_id: string, overlap_s: number) =>
  data(
    api.POST("/api/v1/keys/{key_id}/rotate", { params: { path: { key_id } }, body: { overlap_s } }),
  );

export const revokeKey = (key_id: string) =>
  data(api.DELETE("/api/v1/keys/{key_id}", { params: { path: { key_id } } }));
