/** How events of the notifications hub change the cached nodes. */
import type { QueryClient } from "@tanstack/react-query";
import type { Node } from "../../api/types.ts";
import type { EventOf, NotificationEvents } from "../../live/events.ts";
import { handle, type EventHandler } from "../../live/handlers.ts";

/** The query key of the list of nodes. */
export const NODES_KEY = ["nodes"];

export const NODE_EVENTS = [
  "NodeOnline",
  "NodeOffline",
  "NodeRemoved",
  "NodeChanged",
  "NodeHeartbeat",
] as const satisfies (keyof NotificationEvents)[];

export type NodeEvent = EventOf<Pick<NotificationEvents, (typeof NODE_EVENTS)[number]>>;

/** The nodes after the event, or null if the list has to be refetched. */
export function applyNodeEvent(nodes: Node[], event: NodeEvent): Node[] | null {
  switch (event.name) {
    case "NodeOnline":
    case "NodeOffline": {
      const { nodeId, name, platform, status, lastSeenAt } = event.data;
      const online = event.name === "NodeOnline";
      return patched(nodes, nodeId, { name, platform, status, lastSeenAt, online });
    }
    case "NodeRemoved":
      return nodes.filter(({ id }) => id !== event.data.nodeId);
    case "NodeChanged":
      return patched(nodes, event.data.id, event.data);
    case "NodeHeartbeat": {
      const { nodeId, lastSeenAt, uptime, cpuPercent, memoryMb } = event.data;
      return patched(nodes, nodeId, { lastSeenAt, uptime, cpuPercent, memoryMb });
    }
  }
}

function patched(nodes: Node[], id: string, patch: Partial<Node>): Node[] | null {
  if (!nodes.some((node) => node.id === id)) return null;
  return nodes.map((node) => (node.id === id ? { ...node, ...patch } : node));
}

function refetch(queries: QueryClient) {
  return queries.invalidateQueries({ queryKey: NODES_KEY });
}

/** Keeps the list of nodes and the commands of each node up to date. */
export const nodeEvents: readonly EventHandler[] = [
  handle(
    "notifications",
    NODE_EVENTS,
    (event, queries) => {
      const known = queries.getQueryData<{ items: Node[] }>(NODES_KEY);
      const items = known && applyNodeEvent(known.items, event);
      if (!items) void refetch(queries);
      else queries.setQueryData(NODES_KEY, { ...known, items });
    },
    (queries) => void refetch(queries),
  ),
  handle("notifications", ["NodeCommand"], ({ data }, queries) => {
    void queries.invalidateQueries({ queryKey: ["node-commands", data.nodeId] });
  }),
];
