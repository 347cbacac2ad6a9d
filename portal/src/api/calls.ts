import { type InfiniteData, infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, data, fetchBlob, type Schemas } from "./client";

export type Call = Schemas["Call"];
export type CallDetails = Schemas["CallDetails"];
export type Charge = Schemas["Charge"];
export type Visit = Schemas["Visit"];
export type Happening = Schemas["Happening"];
export type CallRecording = Schemas["CallRecording"];
export type Transcription = Schemas["TranscriptionDetails"];
export type CallTotals = Schemas["CallTotals"];
export type Aggregates = Schemas["Aggregates"];
export type DropOffNode = Schemas["DropOffNode"];
export type EndReason = NonNullable<Call["end_reason"]>;
export type Sort = "-created_at" | "created_at" | "-duration" | "duration" | "-price" | "price";

/** Which calls, as the address of the page holds it; days are UTC days, both included. */
export interface CallFilter {
  from?: string;
  to?: string;
  number?: string;
  application?: string;
  caller?: string;
  reason?: EndReason;
  answered?: "yes" | "no";
  fallback?: "yes";
  test?: "yes" | "no";
  sort?: Sort;
}

const yesNo = (value: string | undefined) => (value === undefined ? undefined : value === "yes");

/** What the API's filters are called. */
export function queryOf(filter: CallFilter) {
  return {
    from: filter.from,
    to: filter.to,
    number: filter.number ? [filter.number] : undefined,
    application_id: filter.application ? [filter.application] : undefined,
    caller: filter.caller,
    end_reason: filter.reason ? [filter.reason] : undefined,
    is_answered: yesNo(filter.answered),
    is_fallback_executed: yesNo(filter.fallback),
    is_test: yesNo(filter.test),
  };
}

const PAGE = 50;
const UNFINISHED_MS = 1000;
const TRANSCRIBING_MS = 2000;

/** All of a list is asked for again, page by page: nobody who has scrolled far wants that. */
const isShort = ({ state }: { state: { data?: InfiniteData<unknown> } }) =>
  (state.data?.pages.length ?? 0) <= 1;

export const callsQuery = (filter: CallFilter) =>
  infiniteQueryOptions({
    queryKey: ["calls", filter],
    queryFn: ({ pageParam }) =>
      data(
        api.GET("/api/v1/calls", {
          params: {
            query: { ...queryOf(filter), sort: filter.sort, limit: PAGE, cursor: pageParam },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchOnMount: isShort,
    refetchOnReconnect: isShort,
    refetchOnWindowFocus: isShort,
  });

type Unit = "hour" | "day" | "week" | "month";
type Group = "number" | "application" | "caller_country" | "end_reason";

export const aggregatesQuery = (filter: CallFilter, unit?: Unit, group_by?: Group) =>
  queryOptions({
    queryKey: ["calls", "aggregates", filter, unit, group_by],
    queryFn: () =>
      data(
        api.GET("/api/v1/calls/aggregates", {
          params: { query: { ...queryOf(filter), unit, group_by } },
        }),
      ),
  });

export const dropOffQuery = (application_id: string, { from, to }: CallFilter) =>
  queryOptions({
    queryKey: ["applications", application_id, "drop-off", from, to],
    queryFn: () =>
      data(
        api.GET("/api/v1/applications/{application_id}/drop-off", {
          params: { path: { application_id }, query: { from, to } },
        }),
      ),
  });

export const callQuery = (call_id: string) =>
  queryOptions({
    queryKey: ["calls", call_id],
    queryFn: () => data(api.GET("/api/v1/calls/{call_id}", { params: { path: { call_id } } })),
    // A call that goes on changes, and one that is just over is settled in a moment.
    refetchInterval: ({ state }) => (state.data && !isFinished(state.data) ? UNFINISHED_MS : false),
  });

export const happeningsQuery = (call_id: string) =>
  queryOptions({
    queryKey: ["calls", call_id, "events"],
    queryFn: () =>
      data(api.GET("/api/v1/calls/{call_id}/events", { params: { path: { call_id } } })),
    select: (page) => page.items,
  });

export const callBehaviorQuery = (call_id: string) =>
  queryOptions({
    queryKey: ["calls", call_id, "behavior"],
    queryFn: () =>
      data(api.GET("/api/v1/calls/{call_id}/behavior", { params: { path: { call_id } } })),
  });

export const callRecordQuery = (call_id: string) =>
  queryOptions({
    queryKey: ["calls", call_id, "record"],
    queryFn: () =>
      data(api.GET("/api/v1/calls/{call_id}/record", { params: { path: { call_id } } })),
  });

export const liveCallsQuery = queryOptions({
  queryKey: ["calls", "live"],
  queryFn: () => data(api.GET("/api/v1/calls/live")),
  select: (page) => page.items,
});

export const hangUp = (call_id: string) =>
  data(api.POST("/api/v1/calls/{call_id}/hang-up", { params: { path: { call_id } } }));

export const recordingAudio = (id: string) => fetchBlob(`/api/inbound/recordings/${id}`);

/** What was heard in a recording, newest first; asked again while it is listened to. */
export const transcriptionQuery = (recording_id: string) =>
  queryOptions({
    queryKey: ["recordings", recording_id, "transcription"],
    queryFn: async () => {
      const query = { recording_id, limit: 1 };
      const page = await data(api.GET("/api/v1/transcriptions", { params: { query } }));
      const transcription_id = page.items[0]?.id;
      if (!transcription_id) return null;
      const path = { transcription_id };
      return data(api.GET("/api/v1/transcriptions/{transcription_id}", { params: { path } }));
    },
    refetchInterval: ({ state }) => (state.data?.status === "Pending" ? TRANSCRIBING_MS : false),
  });

export const isFinished = (call: Call | CallDetails): call is CallDetails => "charges" in call;
