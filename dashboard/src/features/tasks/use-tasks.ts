/** The list of tasks, kept up to date by `taskEvents`. */
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, call } from "../../api/client.ts";
import { activeTasks } from "../../entities/task/tasks.ts";

export interface HistoryFilter {
  status: string;
  agent: string;
  q: string;
}

export function useActiveTasks() {
  return useQuery({
    queryKey: ["tasks", "active"],
    queryFn: activeTasks,
  });
}

export function useTaskHistory({ status, agent, q }: HistoryFilter) {
  return useInfiniteQuery({
    queryKey: ["tasks", "history", status, agent, q],
    queryFn: ({ pageParam, signal }) => {
      const query = {
        ...(status !== "" && { status }),
        ...(agent !== "" && { agent }),
        ...(q.trim() !== "" && { q: q.trim() }),
        ...(pageParam !== null && { cursor: pageParam }),
      };
      return call(api.GET("/api/tasks/history", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    // Tasks in progress are shown above the history.
    select: ({ pages }) =>
      pages.flatMap(({ items }) => items).filter(({ endedAt }) => endedAt !== null),
  });
}
