import { type CallFilter, queryOf } from "./calls";
import { api, data, fetchBlob } from "./client";

const POLL_MS = 700;

export type ExportFormat = "csv" | "parquet";

/** Have the calls written to a file in the background, wait for it, and fetch it. */
export async function exportCalls(format: ExportFormat, filter: CallFilter): Promise<Blob> {
  const begun = await data(
    api.POST("/api/v1/exports", { body: { format, calls: queryOf(filter) as never } }),
  );
  const path = { params: { path: { export_id: begun.id } } };
  let found = begun;
  while (found.status === "waiting" || found.status === "running") {
    await new Promise((resume) => setTimeout(resume, POLL_MS));
    found = await data(api.GET("/api/v1/exports/{export_id}", path));
  }
  if (found.status === "failed") throw new Error(found.error ?? "");
  return fetchBlob(`/api/v1/exports/${found.id}/file`);
}
