// The approvals hub: an agent asks before it acts, and a person answers wherever they are.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Gateway } from "../support/gateway.js";
import { CHOICES, Hub } from "../support/hub.js";
import { assertShapes } from "../support/shapes.js";

let gateway;

before(async () => {
  gateway = await Gateway.start();
});
after(() => gateway.stop());

for (const choice of CHOICES) {
  describe(`${choice.transport}, ${choice.format}`, { timeout: 60_000 }, () => {
    test("what is asked is told to everybody who may answer, and the first answer counts", async () => {
      const [one, other] = await Promise.all([
        Hub.connect(gateway, { ...choice, path: "approvals" }),
        Hub.connect(gateway, { path: "approvals" }),
      ]);
      const chat = await Hub.connect(gateway);
      const { taskId } = await chat.invoke("SendMessage", { content: "forget everything" });
      const { data: asked } = await one.events.named("ApprovalRequested", (data) => data.taskId === taskId);
      await other.events.named("ApprovalRequested", ({ id }) => id === asked.id);
      assert.equal(asked.toolName, "memory.forget_all");

      await one.invoke("Reject", { approvalId: asked.id, reason: "Not today." });
      await assert.rejects(other.invoke("Approve", { approvalId: asked.id }), /already_resolved/);
      const { data: resolved } = await other.events.named("ApprovalResolved", ({ id }) => id === asked.id);
      assert.deepEqual([resolved.outcome, resolved.outcomeDetail], ["rejected", "Not today."]);
      await one.events.named("ApprovalResolved", ({ id }) => id === asked.id);
      assert.equal((await chat.ended(taskId)).name, "TaskCompleted");
      assertShapes([...one.events.take(), ...other.events.take()]);
      await Promise.all([one.stop(), other.stop(), chat.stop()]);
    });

    test("a question is told and answered", async () => {
      const hub = await Hub.connect(gateway, { ...choice, path: "approvals" });
      const { taskId } = await gateway.chat(null, "ask me which colour I want");
      const { data: asked } = await hub.events.named("InfoRequested", (data) => data.taskId === taskId);
      await hub.invoke("RespondInfo", { infoId: asked.id, response: "blue" });
      const { data: resolved } = await hub.events.named("InfoResolved", ({ id }) => id === asked.id);
      assert.equal(resolved.response, "blue");
      assertShapes(hub.events.take());
      await hub.stop();
    });
  });
}
