import { describe, expect, it } from "vitest";
import type { Node } from "../../api/types.ts";
import { applyNodeEvent, type NodeEvent } from "./node-events.ts";

const node = (id: string, rest: Partial<Node> = {}) =>
  ({ id, name: id, online: false, scopes: [], ...rest }) as unknown as Node;
const event = (name: string, data: unknown) => ({ name, data }) as NodeEvent;

describe("the list of nodes", () => {
  const nodes = [node("node_1"), node("node_2")];

  it("tells who comes and goes", () => {
    const online = applyNodeEvent(nodes, event("NodeOnline", { nodeId: "node_2", name: "Den" }));
    expect(online).toMatchObject([{ online: false }, { online: true, name: "Den" }]);
    const offline = applyNodeEvent(online ?? [], event("NodeOffline", { nodeId: "node_2" }));
    expect(offline).toMatchObject([{ online: false }, { online: false }]);
  });

  it("takes a whole node as it is told", () => {
    const changed = node("node_1", { scopes: ["system.info"] });
    expect(applyNodeEvent(nodes, event("NodeChanged", changed))?.[0]?.scopes).toEqual([
      "system.info",
    ]);
  });

  it("keeps the rest of a node when its heart beats", () => {
    const beat = { nodeId: "node_1", uptime: 5, cpuPercent: 7, memoryMb: 9, lastSeenAt: null };
    expect(applyNodeEvent(nodes, event("NodeHeartbeat", beat))?.[0]).toMatchObject({
      name: "node_1",
      cpuPercent: 7,
    });
  });

  it("loses a node that was revoked", () => {
    expect(applyNodeEvent(nodes, event("NodeRemoved", { nodeId: "node_1" }))).toHaveLength(1);
  });

  it("has to be read again when an unknown node is told of", () => {
    expect(applyNodeEvent(nodes, event("NodeOnline", { nodeId: "node_9" }))).toBeNull();
  });
});
