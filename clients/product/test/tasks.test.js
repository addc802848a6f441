// The tasks hub: the ledger of all the user's work.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Gateway, Model } from "../support/gateway.js";
import { CHOICES, Hub } from "../support/hub.js";
import { assertShapes } from "../support/shapes.js";

let gateway, model;

before(async () => {
  model = await Model.start([
    { when: "endless", answer: [{ text: "Once " }, { gate: "never" }] },
    { when: "refused", refuse: { status: 400, message: "This is not for me." } },
    { answer: [{ text: "Hello." }] },
  ]);
  gateway = await Gateway.start({ model });
});
after(async () => {
  await gateway.stop();
  await model.stop();
});

for (const choice of CHOICES) {
  describe(`${choice.transport}, ${choice.format}`, { timeout: 60_000 }, () => {
    test("who watches is told of every task, and of nothing else, until they unwatch", async () => {
      const ledger = await Hub.connect(gateway, { ...choice, path: "tasks" });
      const chat = await Hub.connect(gateway);
      await chat.ended((await chat.invoke("SendMessage", { content: "before anybody watches" })).taskId);

      await ledger.invoke("Watch");
      const { taskId: done } = await gateway.chat(null, "hi");
      await ledger.ended(done);
      const { taskId: refused } = await chat.invoke("SendMessage", { content: "refused" });
      await ledger.ended(refused);
      const { taskId: stopped } = await chat.invoke("SendMessage", { content: "endless" });
      await chat.events.named("StreamChunk", ({ taskId }) => taskId === stopped);
      await chat.invoke("CancelTask", { taskId: stopped });
      await ledger.ended(stopped);

      const events = ledger.events.take();
      assertShapes(events);
      assert.deepEqual(events.map(({ name, data }) => [name, data.taskId]), [
        ["TaskQueued", done], ["TaskStarted", done], ["TaskCompleted", done],
        ["TaskQueued", refused], ["TaskStarted", refused], ["TaskFailed", refused],
        ["TaskQueued", stopped], ["TaskStarted", stopped], ["TaskCancelled", stopped],
      ]);
      assert.match(events.find(({ name }) => name === "TaskFailed").data.error, /This is not for me/);
      const { user } = await gateway.login();
      assert.equal(events.at(-1).data.cancelledBy, user.id);

      await ledger.invoke("Unwatch");
      await chat.ended((await chat.invoke("SendMessage", { content: "after" })).taskId);
      await ledger.invoke("Unwatch");
      assert.deepEqual(ledger.events.items, []);
      await Promise.all([ledger.stop(), chat.stop()]);
    });
  });
}
