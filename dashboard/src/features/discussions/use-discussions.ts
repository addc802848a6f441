/** Discussions and their runs; events keep an open run up to date. */
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, call } from "../../api/client.ts";
import { useLive } from "../../live/live.tsx";
import { hasEnded } from "./run-events.ts";

export function useDiscussions() {
  return useInfiniteQuery({
    queryKey: ["discussions"],
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET("/api/discussions", {
          params: { query: pageParam === null ? {} : { cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  });
}

export function useDiscussion(id: string) {
  return useQuery({
    queryKey: ["discussion", id],
    queryFn: () => call(api.GET("/api/discussions/{id}", { params: { path: { id } } })),
  });
}

/** How often the runs are refetched while one of them is in progress (milliseconds). */
const POLL_INTERVAL = 5_000;

export function useRuns(id: string) {
  return useInfiniteQuery({
    queryKey: ["discussion-runs", id],
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET("/api/discussions/{id}/runs", {
          params: { path: { id }, query: pageParam === null ? {} : { cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some((run) => !hasEnded(run))) === true
        ? POLL_INTERVAL
        : false,
  });
}

export function useRun(runId: string) {
  const { discussion } = useLive();
  const queries = useQueryClient();
  useEffect(() => {
    // Subscribe and Unsubscribe fail only when the connection breaks, and Subscribe is repeated after the next connect.
    const subscribe = async () => {
      await discussion.invoke("Subscribe", { runId });
      // Not sooner: what happened before the subscription began is in this read, the rest comes as events.
      await queries.invalidateQueries({ queryKey: ["discussion-run", runId] });
    };
    const stopConnected = discussion.onConnected(() => void subscribe().catch(() => undefined));
    return () => {
      stopConnected();
      if (discussion.state.phase !== "live") return;
      void discussion.invoke("Unsubscribe", { runId }).catch(() => undefined);
    };
  }, [discussion, queries, runId]);

  return useQuery({
    queryKey: ["discussion-run", runId],
    queryFn: () => call(api.GET("/api/discussions/runs/{id}", { params: { path: { id: runId } } })),
  });
}
