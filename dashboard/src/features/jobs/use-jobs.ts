/** The counts of background jobs and those that failed. No event tells of them, so they are fetched at a slow pace. */
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, call } from "../../api/client.ts";

const REFETCH_EVERY_MS = 10_000;

export function useJobCounts() {
  return useQuery({
    queryKey: ["jobs", "counts"],
    queryFn: ({ signal }) => call(api.GET("/api/ops/jobs", { signal })),
    refetchInterval: REFETCH_EVERY_MS,
    select: ({ items }) => items,
  });
}

export function useFailedJobs() {
  return useInfiniteQuery({
    queryKey: ["jobs", "failed"],
    queryFn: ({ pageParam, signal }) => {
      const query = pageParam === null ? {} : { cursor: pageParam };
      return call(api.GET("/api/ops/jobs/dead", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: REFETCH_EVERY_MS,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  });
}
