import { Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { CircleDot, PhoneIncoming } from "lucide-react";
import { memo, useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { type Call, type CallFilter, callsQuery, type Sort } from "@/api/calls";
import { formatDuration, formatPhone, useFormats } from "@/format";
import { EmptyState, ErrorState, Loaded, Mark } from "@/ui";
import classes from "./CallList.module.css";

const ROW = 49;
const AHEAD = 12;

interface CallListProps {
  filter: CallFilter;
  onSort?: (sort: Sort | undefined) => void;
  /** Show so many and no more; where it is left out, all that are scrolled to. */
  most?: number;
}

/** The calls, however many: only what is on the screen is drawn, and only what was scrolled to read. */
export function CallList({ filter, onSort = () => {}, most }: CallListProps) {
  const { t } = useTranslation();
  const query = useInfiniteQuery(callsQuery(filter));
  return (
    <Loaded
      query={query}
      isEmpty={({ pages }) => !query.hasNextPage && pages.every((page) => page.items.length === 0)}
      empty={<EmptyState icon={PhoneIncoming} text={t("statistics.empty")} />}
    >
      {({ pages }) => (
        <>
          <Rows
            pages={pages}
            most={most}
            hasMore={most === undefined && query.hasNextPage}
            isLoading={query.isFetchingNextPage || query.isFetchNextPageError}
            onMore={query.fetchNextPage}
            sort={filter.sort}
            onSort={onSort}
          />
          {query.isFetchNextPageError ? (
            <ErrorState error={query.error} onRetry={() => query.fetchNextPage()} />
          ) : null}
        </>
      )}
    </Loaded>
  );
}

interface RowsProps {
  pages: { items: Call[] }[];
  most: number | undefined;
  hasMore: boolean;
  isLoading: boolean;
  onMore: () => unknown;
  sort: Sort | undefined;
  onSort: (sort: Sort | undefined) => void;
}

function Rows({ pages, most, hasMore, isLoading, onMore, sort, onSort }: RowsProps) {
  const { t } = useTranslation();
  const calls = useMemo(() => pages.flatMap((page) => page.items).slice(0, most), [pages, most]);
  const list = useRef<HTMLDivElement>(null);
  const rows = useWindowVirtualizer({
    count: calls.length,
    estimateSize: () => ROW,
    overscan: AHEAD,
    scrollMargin: list.current?.offsetTop ?? 0,
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= calls.length - 1 && hasMore && !isLoading) onMore();
  }, [last, calls.length, hasMore, isLoading, onMore]);
  return (
    <div
      role="table"
      aria-label={t("statistics.calls")}
      aria-rowcount={hasMore ? -1 : calls.length + 1}
    >
      <Header sort={sort} onSort={onSort} />
      <div ref={list} role="rowgroup" style={{ height: rows.getTotalSize(), position: "relative" }}>
        {shown.map(({ index, start }) => {
          const call = calls[index];
          return call ? (
            <CallRow
              key={call.id}
              call={call}
              index={index}
              top={start - rows.options.scrollMargin}
            />
          ) : null;
        })}
      </div>
    </div>
  );
}

function Header({ sort = "-created_at", onSort }: Pick<RowsProps, "sort" | "onSort">) {
  const { t } = useTranslation();
  const column = (name: "created_at" | "duration" | "price", label: string) => {
    const isDown = sort === `-${name}`;
    const isUp = sort === name;
    return (
      <span role="columnheader" aria-sort={isDown ? "descending" : isUp ? "ascending" : "none"}>
        <button
          type="button"
          className={classes.sort}
          onClick={() => onSort(isDown ? name : `-${name}`)}
        >
          {label}
          {isDown ? " ↓" : isUp ? " ↑" : ""}
        </button>
      </span>
    );
  };
  return (
    <div role="row" className={classes.header}>
      {column("created_at", `${t("statistics.received")} (UTC)`)}
      <span role="columnheader">{t("statistics.caller")}</span>
      <span role="columnheader" className={classes.minor}>
        {t("statistics.number")}
      </span>
      <span role="columnheader" className={classes.minor}>
        {t("statistics.outcome")}
      </span>
      {column("duration", t("statistics.duration"))}
      {column("price", t("statistics.price"))}
    </div>
  );
}

/** A row that is on the screen already is not drawn anew for those that are scrolled to. */
const CallRow = memo(CallRowView);

function CallRowView({ call, index, top }: { call: Call; index: number; top: number }) {
  const { t } = useTranslation();
  const format = useFormats();
  const outcome = call.answered_at
    ? (call.application ?? "–")
    : call.end_reason
      ? t(`statistics.reasons.${call.end_reason}`)
      : "";
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={classes.row}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span role="cell">
        <Link to="/voice/statistics/$id" params={{ id: call.id }} className={classes.link}>
          <span className={classes.day}>{format.day(call.created_at)} </span>
          {format.time(call.created_at)}
        </Link>
      </span>
      <span role="cell" className={classes.caller}>
        {formatPhone(call.caller)}
        {call.is_test ? <Mark>{t("statistics.testCall")}</Mark> : null}
      </span>
      <span role="cell" className={classes.minor}>
        {formatPhone(call.number)}
      </span>
      <span role="cell" className={classes.minor}>
        <Text size="sm" truncate c={call.answered_at ? undefined : "dimmed"}>
          {outcome}
        </Text>
        {call.recording_count > 0 ? (
          <CircleDot
            size={13}
            role="img"
            aria-label={t("statistics.hasRecording")}
            className={classes.mark}
          />
        ) : null}
        {call.is_fallback_executed ? <Mark tone="warning">{t("statistics.fallback")}</Mark> : null}
      </span>
      <span role="cell">{call.answered_at ? formatDuration(call.duration_s) : "–"}</span>
      <span role="cell">{call.price === null ? "…" : format.money(call.price, call.currency)}</span>
    </div>
  );
}
