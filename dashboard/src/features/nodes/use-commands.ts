/** The commands of a node, kept up to date by `nodeEvents`. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { api, call } from "../../api/client.ts";

export function useCommands(nodeId: string) {
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
