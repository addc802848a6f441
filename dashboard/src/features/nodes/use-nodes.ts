/** The nodes of the tenant, kept up to date by `nodeEvents`. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, call } from "../../api/client.ts";
import type { Node } from "../../api/types.ts";
import { useLive } from "../../live/live.tsx";
import { NODES_KEY } from "./node-events.ts";

/** The largest page that the gateway returns. */
const PAGE_SIZE = 200;
/** How often the list is refetched while a node is being paired (milliseconds): others may pair it too. */
const POLL_INTERVAL = 3_000;

export function isPairing({ status }: Node): boolean {
  return status === "pending" || status === "approved";
}

export function useNodes() {
  return useQuery({
    queryKey: NODES_KEY,
    queryFn: () => call(api.GET("/api/nodes", { params: { query: { limit: PAGE_SIZE } } })),
    select: (page) => page.items,
    refetchInterval: ({ state }) =>
      state.data?.items.some(isPairing) === true ? POLL_INTERVAL : false,
  });
}

/** Subscribes to the detailed events of one node while the node is shown. */
export function useNodeWatch(nodeId: string) {
  const { notifications } = useLive();
  useEffect(() => {
    // It fails only when the connection breaks, and is repeated after the next connect.
    const ask = (method: "Subscribe" | "Unsubscribe") =>
      void notifications.invoke(method, { nodeId }).catch(() => undefined);
    const stopConnected = notifications.onConnected(() => ask("Subscribe"));
    return () => {
      stopConnected();
      if (notifications.state.phase === "live") ask("Unsubscribe");
    };
  }, [notifications, nodeId]);
}

/** Refetches the list after a change. */
export function useNodeRefresh() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: NODES_KEY });
}
