/** What a node was told to do, kept current by the notifications hub. */
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, call } from "../../api/client.ts";
import { useLive } from "../../live/live.tsx";

export function useCommands(nodeId: string) {
  const { notifications } = useLive();
  const queries = useQueryClient();
  useEffect(
    () =>
      notifications.onEvent((event) => {
        if (event.name !== "NodeCommand" || event.data.nodeId !== nodeId) return;
        void queries.invalidateQueries({ queryKey: ["node-commands", nodeId] });
      }),
    [notifications, nodeId, queries],
  );
  return useInfiniteQuery({
    queryKey: ["node-commands", nodeId],
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET("/api/nodes/{id}/commands", {
          params: {
            path: { id: nodeId },
            query: pageParam === null ? {} : { cursor: pageParam },
          },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  });
}
