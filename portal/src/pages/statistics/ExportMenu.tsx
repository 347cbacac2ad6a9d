import type { CallFilter } from "@/api/calls";

/** Exports come with their API. */
export function ExportMenu(_props: { filter: CallFilter }) {
  return null;
}
