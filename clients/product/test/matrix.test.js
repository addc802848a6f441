// The chat hub through Microsoft's client in each transport and each format.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Gateway, Model } from "../support/gateway.js";
import { CHOICES, Hub, outline, streamed } from "../support/hub.js";
import { assertShapes } from "../support/shapes.js";

const WHOLE = "Let me see.\n\nIt is forty-two 👋.";
let gateway, model;

before(async () => {
  model = await Model.start([
    {
      when: "six times seven",
      answer: [
        { text: "Let me " },
        { text: "see." },
        { tool_calls: [{ id: "c1", name: "calculator.evaluate", arguments: { expression: "6*7" } }] },
      ],
    },
    { when: "42", answer: [{ text: "It is " }, { text: "forty-two 👋." }], usage: [20, 7] },
    { when: "endless", answer: [{ text: "Once upon " }, { gate: "never" }, { text: "a time." }] },
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
    let hub;
    before(async () => (hub = await Hub.connect(gateway, choice)));
    after(() => hub.stop());

    test("a turn with a tool call is told in the words of the protocol page", async () => {
      const { id: sessionId } = await gateway.createSession();
      const sent = await hub.invoke("SendMessage", {
        sessionId,
        agentId: "sophon",
        content: "What is six times seven?",
        channelId: "webchat",
        attachments: [],
        isStreaming: true,
      });
      assert.equal(sent.sessionId, sessionId);
      const completed = await hub.ended(sent.taskId);
      await hub.caughtUp();
      const events = hub.events.take();

      assertShapes(events);
      assert.deepEqual(outline(events), [
        "TaskQueued", "TaskStarted", "StreamChunk", "ToolCallStarted", "ToolCallCompleted", "StreamChunk",
        "ReceiveMessage", "TaskCompleted",
      ]);
      assert.equal(completed.name, "TaskCompleted");
      assert.ok(completed.data.tokensUsed >= 27);
      const statuses = events.filter(({ name }) => name === "AgentStatus").map(({ data }) => data.status);
      for (const status of ["thinking", "writing", "calling_tool"]) assert.ok(statuses.includes(status), status);
      assert.equal(streamed(events, sent.taskId), WHOLE);
      const chunks = events.filter(({ name }) => name === "StreamChunk").map(({ data }) => data);
      assert.deepEqual(chunks.map(({ isFinal }) => isFinal), [...chunks.slice(1).fill(false), true]);
      assert.equal(events.find(({ name }) => name === "ToolCallStarted").data.toolName, "calculator.evaluate");
      assert.equal(events.find(({ name }) => name === "ToolCallCompleted").data.ok, true);
      const { data: received } = events.find(({ name }) => name === "ReceiveMessage");
      assert.deepEqual([received.role, received.content], ["agent", WHOLE]);
      assert.deepEqual(received.toolCalls.map(({ toolName, result }) => [toolName, result]), [["calculator.evaluate", "42"]]);

      const [question, answer] = await gateway.messages(sessionId);
      assert.equal(question.messageId, sent.messageId);
      assert.deepEqual([answer.messageId, answer.content], [received.messageId, WHOLE]);
    });

    test("a message without a session begins one, and its sender is in it", async () => {
      const sent = await hub.invoke("sendmessage", { content: "hi" });
      assert.equal((await hub.ended(sent.taskId)).name, "TaskCompleted");
      assert.equal(streamed(hub.events.take(), sent.taskId), "Hello.");
      const again = await hub.invoke("SENDMESSAGE", { sessionId: sent.sessionId, content: "hi", isStreaming: false });
      await hub.ended(again.taskId);
      assert.deepEqual(outline(hub.events.take()), ["TaskQueued", "TaskStarted", "ReceiveMessage", "TaskCompleted"]);
    });

    for (const [how, named] of [["its bare id", (id) => id], ["an object", (taskId) => ({ taskId })]]) {
      test(`a task named by ${how} is cancelled in the middle of its sentence`, async () => {
        const sent = await hub.invoke("SendMessage", { content: "an endless story" });
        await hub.events.named("StreamChunk", ({ taskId }) => taskId === sent.taskId);
        await hub.invoke("CancelTask", named(sent.taskId));
        const { name, data } = await hub.ended(sent.taskId);
        assert.deepEqual([name, data.taskId], ["TaskCancelled", sent.taskId]);
        await hub.caughtUp();
        const events = hub.events.take();
        assertShapes(events);
        assert.equal(streamed(events, sent.taskId), "Once upon ");
        assert.equal((await gateway.request("GET", `/api/tasks/${sent.taskId}`)).status, "cancelled");
      });
    }

    for (const [how, named] of [["its bare id", (id) => id], ["an object", (sessionId) => ({ sessionId })]]) {
      test(`a session named by ${how} is joined and left`, async () => {
        const { id } = await gateway.createSession();
        const joined = await hub.invoke("JoinSession", named(id));
        assert.equal(joined.sessionId, id);
        assert.ok(Number.isInteger(joined.seq));
        assert.deepEqual(joined.pending, []);
        const heard = await gateway.chat(id, "hi");
        await hub.ended(heard.taskId);
        const events = hub.events.take().filter(({ data }) => data.sessionId === id);
        assertShapes(events);
        assert.deepEqual(outline(events), [
          "ReceiveMessage", "TaskQueued", "TaskStarted", "StreamChunk", "ReceiveMessage", "TaskCompleted",
        ]);

        await hub.invoke("leavesession", named(id));
        const bystander = await Hub.connect(gateway);
        await bystander.invoke("JoinSession", id);
        const missed = await gateway.chat(id, "hi");
        await bystander.ended(missed.taskId);
        await bystander.stop();
        await hub.caughtUp();
        assert.deepEqual(outline(hub.events.take()), []);
      });
    }

    test("who joins late gets the sentence so far", async () => {
      const sent = await hub.invoke("SendMessage", { content: "an endless story" });
      await hub.events.named("StreamChunk", ({ taskId }) => taskId === sent.taskId);
      const late = await Hub.connect(gateway, choice);
      const { pending } = await late.invoke("JoinSession", sent.sessionId);
      assert.deepEqual(pending.map(({ taskId, content }) => [taskId, content]), [[sent.taskId, "Once upon "]]);
      await hub.invoke("CancelTask", sent.taskId);
      await late.ended(sent.taskId);
      await late.stop();
      await hub.ended(sent.taskId);
      await hub.caughtUp();
      hub.events.take();
    });

    test("what cannot be done is refused with a reason, and the connection lives", async () => {
      const refused = (reason, ...call) => assert.rejects(hub.invoke(...call), (error) => reason.test(error.message));
      await refused(/Unknown hub method 'Sing'/, "Sing");
      await refused(/HubException: not_found: /, "JoinSession", "ses_unknown");
      await refused(/HubException: not_found: /, "SendMessage", { sessionId: "ses_unknown", content: "hi" });
      await refused(/HubException: not_found: /, "SendMessage", { agentId: "nobody", content: "hi" });
      await refused(/HubException: not_found: /, "CancelTask", "task_unknown");
      await refused(/Failed to invoke 'SendMessage': Argument 0: The value must be an object, /, "SendMessage", "hi");
      await refused(/Failed to invoke 'SendMessage': Argument 0: `text` is not a known field/, "SendMessage", { text: "hi" });
      await hub.caughtUp();
      assert.deepEqual(hub.events.take(), []);
    });

    test("a message that is too large ends its connection and changes nothing", async () => {
      const { id } = await gateway.createSession();
      const other = await Hub.connect(gateway, choice);
      const lost = assert.rejects(other.invoke("SendMessage", { sessionId: id, content: "x".repeat(40_000) }));
      assert.match((await other.closed()).message, /Connection closed with an error\.$/);
      await lost;
      assert.deepEqual(await gateway.messages(id), []);
    });
  });
}
