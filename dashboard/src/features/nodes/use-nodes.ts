/** The nodes of the tenant, kept current by the notifications hub. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, call } from "../../api/client.ts";
import type { Node } from "../../api/types.ts";
import { useLive } from "../../live/live.tsx";
import { withNodeNews } from "./node-news.ts";

/** The most that one page of the gateway gives. */
const ALL = 200;
/** How often the list is read while a node is being paired (milliseconds): others may pair it too. */
const WHILE_PAIRING = 3_000;

const KEY = ["nodes"];

export function isPairing({ status }: Node): boolean {
  return status === "pending" || status === "approved";
}

export function useNodes() {
  const { notifications } = useLive();
  const queries = useQueryClient();
  useEffect(() => {
    const refetch = () => void queries.invalidateQueries({ queryKey: KEY });
    const stopEvents = notifications.onEvent((event) => {
      const known = queries.getQueryData<{ items: Node[] }>(KEY);
      const items = known && withNodeNews(known.items, event);
      if (!items) refetch();
      else queries.setQueryData(KEY, { ...known, items });
    });
    const stopGreeting = notifications.onLive(refetch);
    return () => {
      stopEvents();
      stopGreeting();
    };
  }, [notifications, queries]);

  return useQuery({
    queryKey: KEY,
    queryFn: () => call(api.GET("/api/nodes", { params: { query: { limit: ALL } } })),
    select: (page) => page.items,
    refetchInterval: ({ state }) =>
      state.data?.items.some(isPairing) === true ? WHILE_PAIRING : false,
  });
}

/** Asks for the closer news of one node as long as it is shown. */
export function useNodeWatch(nodeId: string) {
  const { notifications } = useLive();
  useEffect(() => {
    // It fails only when the link breaks, and is repeated when that is live again.
    const ask = (method: string) =>
      void notifications.invoke(method, { nodeId }).catch(() => undefined);
    const stopGreeting = notifications.onLive(() => ask("Subscribe"));
    return () => {
      stopGreeting();
      if (notifications.state.phase === "live") ask("Unsubscribe");
    };
  }, [notifications, nodeId]);
}

/** Takes in at once what a call of one's own changed, and reads the rest again. */
export function useNodeRefresh() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: KEY });
}
