import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, data, fetchBlob, type Schemas } from "./client";

export type Prompt = Schemas["Prompt"];

export const promptsQuery = queryOptions({
  queryKey: ["prompts"],
  queryFn: () => data(api.GET("/api/v1/prompts", { params: { query: { limit: 200 } } })),
  select: (page) => page.items,
});

export const promptPagesQuery = infiniteQueryOptions({
  queryKey: ["prompts", "pages"],
  queryFn: ({ pageParam }) =>
    data(api.GET("/api/v1/prompts", { params: { query: { cursor: pageParam } } })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next_cursor ?? undefined,
});

/** The file of a prompt as it was uploaded. */
export const promptAudio = (prompt: string): Promise<Blob> =>
  fetchBlob(`/api/v1/prompts/${prompt}/audio`);

export interface Spoken {
  text: string;
  language?: string;
  voice?: string;
}

/** A text as callers will hear it, as WAV. */
export const speak = (spoken: Spoken): Promise<Blob> =>
  fetchBlob("/api/v1/prompts/preview", {
    method: "POST",
    body: JSON.stringify(spoken),
    headers: { "Content-Type": "application/json" },
  });

export const uploadPrompt = (file: File, name: string): Promise<Blob> =>
  fetchBlob(`/api/v1/prompts?name=${encodeURIComponent(name)}`, { method: "POST", body: file });

export const deletePrompt = (prompt: string) =>
  data(api.DELETE("/api/v1/prompts/{prompt}", { params: { path: { prompt } } }));

export const renamePrompt = (prompt: string, name: string) =>
  data(api.PATCH("/api/v1/prompts/{prompt}", { params: { path: { prompt } }, body: { name } }));
