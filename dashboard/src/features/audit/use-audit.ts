/** The entries of the audit log. No event tells of them, so the newest are fetched at a steady pace. */
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { api, call } from "../../api/client.ts";
import { saveFile } from "../../ui/save-file.ts";

const REFETCH_EVERY_MS = 5_000;

export interface AuditFilter {
  search: string;
  outcome: string;
  actor: string;
  resourceType: string;
  /** Days, as date inputs return them. */
  from: string;
  until: string;
}

export const ANY: AuditFilter = {
  search: "",
  outcome: "",
  actor: "",
  resourceType: "",
  from: "",
  until: "",
};

const DAY_MS = 24 * 60 * 60 * 1000;

function query(filter: AuditFilter) {
  const { outcome, actor, resourceType, from, until } = filter;
  const search = filter.search.trim();
  const day = (text: string) => new Date(`${text}T00:00`);
  return {
    ...(search !== "" && { q: search }),
    ...(outcome !== "" && { outcome }),
    ...(actor !== "" && { actor }),
    ...(resourceType !== "" && { resourceType }),
    ...(from !== "" && { from: day(from).toISOString() }),
    // The whole of the last day.
    ...(until !== "" && { until: new Date(day(until).getTime() + DAY_MS).toISOString() }),
  };
}

/** Entries, newest first. They are live as long as no older ones are loaded. */
export function useAuditEntries(filter: AuditFilter) {
  return useInfiniteQuery({
    queryKey: ["audit", filter],
    queryFn: ({ pageParam, signal }) => {
      const page = pageParam === null ? {} : { cursor: pageParam };
      const params = { query: { ...query(filter), ...page } };
      return call(api.GET("/api/admin/audit", { params, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (isLive(state.data?.pages.length) ? REFETCH_EVERY_MS : false),
    select: ({ pages }) => ({
      entries: pages.flatMap(({ items }) => items),
      isLive: isLive(pages.length),
    }),
  });
}

function isLive(pages: number | undefined) {
  return pages === undefined || pages <= 1;
}

/** Has the browser save the entries that fit. */
export async function exportEntries(filter: AuditFilter, format: "ndjson" | "csv") {
  const params = { query: { ...query(filter), format } };
  const content = await call(api.GET("/api/admin/audit/export", { params, parseAs: "blob" }));
  saveFile(content, `audit.${format}`);
}
