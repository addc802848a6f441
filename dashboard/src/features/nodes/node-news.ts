/** What the notifications hub changes in the list of nodes. */
import type { Node } from "../../api/types.ts";
import type { NotificationEvent } from "../../live/hub-events.ts";

/** The nodes after the event, or null when the list has to be read again. */
export function withNodeNews(nodes: Node[], event: NotificationEvent): Node[] | null {
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
    case "NodeCommand":
    case "SystemAnnouncement":
      return nodes;
  }
}

function patched(nodes: Node[], id: string, patch: Partial<Node>): Node[] | null {
  if (!nodes.some((node) => node.id === id)) return null;
  return nodes.map((node) => (node.id === id ? { ...node, ...patch } : node));
}
