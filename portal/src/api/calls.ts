import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, data, fetchBlob, type Schemas } from "./client";

export type Call = Schemas["Call"];
export type CallDetails = Schemas["CallDetails"];
export type Charge = Schemas["Charge"];
export type Visit = Schemas["Visit"];
export type Happening = Schemas["Happening"];
export type CallRecording = Schemas["CallRecording"];
export type CallTotals = Schemas["CallTotals"];
export type Aggregates = Schemas["Aggregates"];
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
  };
}

const PAGE = 50;

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

export const callQuery = (call_id: string) =>
  queryOptions({
    queryKey: ["calls", call_id],
    queryFn: () => data(api.GET("/api/v1/calls/{call_id}", { params: { path: { call_id } } })),
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

export const isFinished = (call: Call | CallDetails): call is CallDetails => "charges" in call;
