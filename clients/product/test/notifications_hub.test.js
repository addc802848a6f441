// The notifications hub: what everybody in the tenant is told.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Gateway } from "../support/gateway.js";
import { CHOICES, Hub } from "../support/hub.js";
import { assertShapes } from "../support/shapes.js";

let gateway;

before(async () => (gateway = await Gateway.start()));
after(() => gateway.stop());

const announce = (fields) =>
  gateway.request("POST", "/api/admin/announcements", { title: "Tonight", body: "We restart at nine.", ...fields }, 201);

for (const choice of CHOICES) {
  describe(`${choice.transport}, ${choice.format}`, { timeout: 60_000 }, () => {
    test("an announcement comes to every client on the hub, once, and to none on another hub", async () => {
      const { token } = await gateway.request("POST", "/api/auth/tokens", { name: "a client" }, 201);
      const hubs = await Promise.all([
        Hub.connect(gateway, { ...choice, path: "notifications" }),
        Hub.connect(gateway, { ...choice, path: "notifications", token }),
      ]);
      const chat = await Hub.connect(gateway, choice);
      const first = await announce();
      const second = await announce({ severity: "critical" });
      assert.deepEqual([first.severity, second.severity], ["info", "critical"]);
      for (const hub of hubs) {
        await hub.events.named("SystemAnnouncement", ({ id }) => id === second.id);
        assertShapes(hub.events.items);
        const told = hub.events.take().map(({ data: { seq, ...announcement } }) => announcement);
        assert.deepEqual(told, [first, second]);
        await hub.stop();
      }
      await chat.caughtUp();
      assert.deepEqual(chat.events.items, []);
      await chat.stop();
    });

    test("a node that is not there cannot be followed", async () => {
      const hub = await Hub.connect(gateway, { ...choice, path: "notifications" });
      await assert.rejects(hub.invoke("Subscribe", { nodeId: "node_unknown" }), /not_found/);
      await hub.invoke("Unsubscribe", { nodeId: "node_unknown" });
      await hub.stop();
    });
  });
}
