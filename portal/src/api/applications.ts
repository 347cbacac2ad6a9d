import { queryOptions } from "@tanstack/react-query";
import type { Behavior, Layout } from "@/behavior/document";
import type { BehaviorSchema } from "@/behavior/schema";
import { api, data, type Schemas } from "./client";

export type Application = Schemas["Application"];
export type DraftDocument = Schemas["DraftDocument"];
export type Template = Schemas["TemplateDocument"];
export type Version = Schemas["VersionDocument"];
export type Trial = Schemas["TrialDocument"];
export type Scenario = Schemas["ScenarioDocument"];
export type Check = Schemas["CheckDocument"];
export type Difference = Schemas["DifferenceDocument"];

const MOST = 200;

const path = (application_id: string) => ({ params: { path: { application_id } } });
// A behavior is any JSON object to the API; what is wrong with it comes back as problems.
const body = (behavior: Behavior) => behavior as unknown as Record<string, unknown>;

export const applicationsQuery = queryOptions({
  queryKey: ["applications"],
  queryFn: () => data(api.GET("/api/v1/applications", { params: { query: { limit: MOST } } })),
  select: (page) => page.items,
});

export const applicationQuery = (id: string) =>
  queryOptions({
    queryKey: ["applications", id],
    queryFn: () => data(api.GET("/api/v1/applications/{application_id}", path(id))),
  });

export const templatesQuery = queryOptions({
  queryKey: ["application-templates"],
  queryFn: () => data(api.GET("/api/v1/application-templates")),
  select: (page) => page.items,
  staleTime: Number.POSITIVE_INFINITY,
});

export const behaviorSchemaQuery = queryOptions({
  queryKey: ["behavior-schema"],
  queryFn: () => data(api.GET("/api/v1/behavior-schema")) as unknown as Promise<BehaviorSchema>,
  staleTime: Number.POSITIVE_INFINITY,
});

export const draftQuery = (id: string) =>
  queryOptions({
    queryKey: ["applications", id, "draft"],
    queryFn: () => data(api.GET("/api/v1/applications/{application_id}/draft", path(id))),
    // The editor holds what it began with; reading again under its hands would lose work.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });

export const createApplication = (entry: Schemas["NewApplication"]) =>
  data(api.POST("/api/v1/applications", { body: entry }));

export const changeApplication = (id: string, entry: Schemas["ApplicationChange"]) =>
  data(api.PATCH("/api/v1/applications/{application_id}", { ...path(id), body: entry }));

export const deleteApplication = (id: string) =>
  data(api.DELETE("/api/v1/applications/{application_id}", path(id)));

export const exportApplication = (id: string) =>
  data(api.GET("/api/v1/applications/{application_id}/export", path(id)));

export const importApplication = (document: Schemas["ExportEntry"], name?: string) =>
  data(api.POST("/api/v1/applications/import", { body: { document, name } }));

export const saveDraft = (id: string, behavior: Behavior, layout: Layout) =>
  data(
    api.PUT("/api/v1/applications/{application_id}/draft", {
      ...path(id),
      body: { behavior: body(behavior), layout },
    }),
  );

export const discardDraft = (id: string) =>
  data(api.DELETE("/api/v1/applications/{application_id}/draft", path(id)));

export const checkQuery = (behavior: Behavior) =>
  queryOptions({
    // As a text: a key is hashed whenever a component is drawn, and a text is quick.
    queryKey: ["behavior-check", JSON.stringify(behavior)],
    queryFn: () =>
      data(api.POST("/api/v1/applications/check", { body: { behavior: body(behavior) } })),
    placeholderData: (before: Check | undefined) => before,
    staleTime: 60_000,
    gcTime: 60_000,
  });

export const scenariosQuery = (id: string) =>
  queryOptions({
    queryKey: ["applications", id, "scenarios"],
    queryFn: () => data(api.GET("/api/v1/applications/{application_id}/scenarios", path(id))),
  });

export const putScenarios = (id: string, entry: Schemas["ScenariosEntry"]) =>
  data(api.PUT("/api/v1/applications/{application_id}/scenarios", { ...path(id), body: entry }));

export const testApplication = (id: string, behavior: Behavior, scenarios: string) =>
  data(
    api.POST("/api/v1/applications/{application_id}/test", {
      ...path(id),
      body: { behavior: body(behavior), scenarios },
    }),
  );

export const versionsQuery = (id: string) =>
  queryOptions({
    queryKey: ["applications", id, "versions"],
    queryFn: () =>
      data(
        api.GET("/api/v1/applications/{application_id}/versions", {
          params: { path: { application_id: id }, query: { limit: MOST } },
        }),
      ),
    select: (page) => page.items,
  });

export const differenceQuery = (id: string, before: number, after?: number) =>
  queryOptions({
    queryKey: ["applications", id, "difference", before, after],
    queryFn: () =>
      data(
        api.GET("/api/v1/applications/{application_id}/difference", {
          params: { path: { application_id: id }, query: { before, after } },
        }),
      ),
    gcTime: 0,
  });

export const publishVersion = (id: string, behavior: Behavior, layout: Layout, note: string) =>
  data(
    api.POST("/api/v1/applications/{application_id}/versions", {
      ...path(id),
      body: { behavior: body(behavior), layout, note },
    }),
  );

export const restoreVersion = (application_id: string, version_number: number, note: string) =>
  data(
    api.POST("/api/v1/applications/{application_id}/versions/{version_number}/restore", {
      params: { path: { application_id, version_number } },
      body: { note },
    }),
  );
