// The client that reconnects by itself, over a gateway that is killed, and one that stops in good order.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Gateway, Model } from "../support/gateway.js";
import { CHOICES, Hub, kept, outline, streamed } from "../support/hub.js";
import { Proxy } from "../support/proxy.js";
import { PATIENCE, signal, soon } from "../support/wait.js";

const SENTENCE = "First second third.";
let gateway, model;

before(async () => {
  const gated = (what) => (_, at) => ({
    when: `${what} ${at}`,
    answer: [{ text: "First " }, { text: "second " }, { gate: `${what}-${at}` }, { text: "third." }],
  });
  const rules = [...CHOICES.map(gated("story")), ...CHOICES.map(gated("tale")), ...CHOICES.map(gated("saga"))];
  const endless = { when: "drawn out", answer: [{ gate: "never" }] };
  model = await Model.start([...rules, endless, { answer: [{ text: "Hello." }] }]);
  gateway = await Gateway.start({ model });
});
after(async () => {
  await gateway.stop();
  await model.stop();
});

/** Tries again at once, for as long as a test waits. */
function reconnecting(builder) {
  builder.withAutomaticReconnect({
    nextRetryDelayInMilliseconds: ({ elapsedMilliseconds }) => (elapsedMilliseconds < PATIENCE ? 50 : null),
  });
}

/** A client that joins its session again where it left, each time it is back. */
async function follow(sessionId, options) {
  const hub = await Hub.connect(gateway, { ...options, adjust: reconnecting });
  await hub.invoke("JoinSession", sessionId);
  const back = signal();
  hub.connection.onreconnected(async () => {
    const since = Math.max(...hub.events.items.map(({ data }) => data.seq));
    back.fire(await hub.invoke("JoinSession", { sessionId, since }));
  });
  hub.back = () => soon("the return of the client", back.fired);
  return hub;
}

/** In order, and each once. A number of 0 is none: the client is told of a session that it has not joined yet. */
function assertEachOnce(events) {
  const numbers = (some) => some.map(({ data }) => data.seq).filter((seq) => seq > 0);
  const once = numbers(kept(events));
  assert.deepEqual(once, [...new Set(once)].sort((a, b) => a - b));
  const all = numbers(events);
  assert.deepEqual(all, all.toSorted((a, b) => a - b));
}

for (const [at, choice] of CHOICES.entries()) {
  describe(`${choice.transport}, ${choice.format}`, { timeout: 90_000 }, () => {
    test("over a kill in the middle of a sentence nothing is lost and nothing comes twice", async () => {
      const { id } = await gateway.createSession();
      const proxy = await Proxy.start(gateway.url);
      const hub = await follow(id, { ...choice, url: proxy.url });
      const { taskId } = await gateway.chat(id, `story ${at}`);
      await hub.events.until("the first half", (events) => streamed(events, taskId) === "First second ");
      await gateway.end("SIGKILL");
      proxy.refuse();
      await gateway.startAgain();

      // While this client is still away, another sees the sentence through, and a whole turn behind it.
      const bystander = await Hub.connect(gateway);
      const since = hub.events.items.at(-1).data.seq;
      await bystander.invoke("JoinSession", { sessionId: id, since });
      await model.open(`story-${at}`);
      await bystander.ended(taskId);
      const { taskId: missed } = await gateway.chat(id, "hi");
      await bystander.ended(missed);
      await bystander.caughtUp();

      proxy.accept();
      assert.equal((await hub.back()).complete, true);
      await hub.ended(missed);
      await hub.caughtUp();
      const events = hub.events.items;
      assertEachOnce(events);
      const afterwards = (all) => kept(all).filter(({ data }) => data.seq > since);
      assert.deepEqual(afterwards(events), afterwards(bystander.events.items));
      const said = events.filter(({ name }) => name === "ReceiveMessage").map(({ data }) => data.content);
      assert.deepEqual(said, [`story ${at}`, SENTENCE, "hi", "Hello."]);
      assert.deepEqual((await gateway.messages(id)).map(({ content }) => content), said);
      await Promise.all([hub.stop(), bystander.stop()]);
      proxy.stop();
    });

    test("over a cut in the middle of a sentence nothing is lost and nothing comes twice", async () => {
      const { id } = await gateway.createSession();
      const proxy = await Proxy.start(gateway.url);
      const hub = await follow(id, { ...choice, url: proxy.url });
      const bystander = await Hub.connect(gateway);
      await bystander.invoke("JoinSession", id);
      const { taskId } = await gateway.chat(id, `tale ${at}`);
      await hub.events.until("the first half", (events) => streamed(events, taskId) === "First second ");
      proxy.refuse();
      await model.open(`tale-${at}`);
      await bystander.ended(taskId);
      proxy.accept();
      assert.equal((await hub.back()).complete, true);
      await hub.ended(taskId);
      await Promise.all([hub.caughtUp(), bystander.caughtUp()]);
      const events = hub.events.items;
      assertEachOnce(events);
      assert.deepEqual(kept(events), kept(bystander.events.items));
      assert.equal(events.findLast(({ name }) => name === "ReceiveMessage").data.content, SENTENCE);
      await Promise.all([hub.stop(), bystander.stop()]);
      proxy.stop();
    });

    test("who is back while the sentence goes on gets the text so far, and then the rest", async () => {
      const { id } = await gateway.createSession();
      const proxy = await Proxy.start(gateway.url);
      const hub = await follow(id, { ...choice, url: proxy.url });
      const { taskId } = await gateway.chat(id, `saga ${at}`);
      await hub.events.until("the first half", (events) => streamed(events, taskId) === "First second ");
      const before = hub.events.items.length;
      proxy.cut();
      const { complete, pending } = await hub.back();
      assert.equal(complete, true);
      assert.deepEqual(pending.map(({ content, offset }) => [content, offset]), [["First second ", 13]]);
      await model.open(`saga-${at}`);
      await hub.ended(taskId);
      const afterwards = hub.events.items.slice(before);
      const chunks = afterwards.filter(({ name, data }) => name === "StreamChunk" && !data.isFinal);
      assert.deepEqual(chunks.map(({ data }) => [data.delta, data.offset]), [["third.", 13]]);
      await hub.stop();
      proxy.stop();
    });
  });
}

/** On each hub, what joins a group, makes something happen in it, and how that is told. */
const GROUPS = {
  async chat(hub) {
    const { id } = await gateway.createSession();
    await hub.invoke("JoinSession", id);
    return { happen: async () => (await gateway.chat(id, "hi")).messageId, told: ["ReceiveMessage", "messageId"] };
  },
  async tasks(hub) {
    await hub.invoke("Watch");
    return { happen: async () => (await gateway.chat(null, "hi")).taskId, told: ["TaskCompleted", "taskId"] };
  },
  async discussion(hub) {
    const panelists = [{ name: "Ada", persona: "You doubt." }, { name: "Bob", persona: "You hope." }];
    const { id } = await gateway.request("POST", "/api/discussions", { topic: "drawn out", panelists }, 201);
    const { runId } = await gateway.request("POST", `/api/discussions/${id}/runs`, undefined, 202);
    await hub.invoke("Subscribe", { runId });
    const cancel = () => gateway.request("POST", `/api/discussions/runs/${runId}/cancel`, undefined, 202);
    return { happen: async () => (await cancel()).runId, told: ["DiscussionCancelled", "runId"] };
  },
  async notifications(hub) {
    const { id, token } = await gateway.pairNode(["system.info"]);
    await hub.invoke("Subscribe", { nodeId: id });
    const beat = () => gateway.request("POST", "/api/nodes/me/heartbeat", { uptime: 7 }, 204, token);
    return { happen: async () => (await beat(), id), told: ["NodeHeartbeat", "nodeId"] };
  },
};

/** A client in the group of a hub, whose connection breaks, and that is back. */
async function brokenOff(path, choice) {
  const proxy = await Proxy.start(gateway.url);
  const hub = await Hub.connect(gateway, { ...choice, path, url: proxy.url, adjust: reconnecting });
  const group = await GROUPS[path](hub);
  const back = signal();
  hub.connection.onreconnected(back.fire);
  proxy.cut();
  await soon("the return of the client", back.fired);
  return { ...group, hub, proxy };
}

describe("a client that comes back and says nothing is in its groups again", { timeout: 60_000 }, () => {
  for (const path of Object.keys(GROUPS)) {
    for (const choice of CHOICES.filter(({ transport }) => transport !== "LongPolling")) {
      test(`${path}: ${choice.transport}, ${choice.format}`, async () => {
        const { hub, proxy, happen, told: [name, id] } = await brokenOff(path, choice);
        const happened = await happen();
        await hub.events.named(name, (data) => data[id] === happened);
        await hub.stop();
        proxy.stop();
      });
    }
  }
});

test("one that is back before the gateway knows that it was gone is in its groups soon", { timeout: 60_000 }, async () => {
  // That another poll does not come is known after 15 s.
  const { hub, proxy, happen, told: [name] } = await brokenOff("tasks", { transport: "LongPolling" });
  const happens = setInterval(happen, 500);
  await hub.events.named(name);
  clearInterval(happens);
  await hub.stop();
  proxy.stop();
});

test("a gateway that stops says so, and its clients come back", { timeout: 90_000 }, async () => {
  const { id } = await gateway.createSession();
  const hubs = await Promise.all(CHOICES.map((choice) => follow(id, choice)));
  const { taskId } = await gateway.chat(id, "hi");
  const reasons = hubs.map(({ connection }) => new Promise((resolve) => connection.onreconnecting(resolve)));
  await Promise.all(hubs.map((hub) => hub.ended(taskId)));
  assert.equal(await gateway.end("SIGTERM"), 0);
  await gateway.startAgain();
  for (const reason of await soon("the reasons", Promise.all(reasons))) assert.match(reason.message, /restarting/);
  await Promise.all(hubs.map((hub) => hub.back()));
  const again = await gateway.chat(id, "hi again");
  for (const hub of hubs) {
    await hub.ended(again.taskId);
    assertEachOnce(hub.events.items);
    assert.deepEqual(outline(hub.events.items), [
      "ReceiveMessage", "TaskQueued", "TaskStarted", "StreamChunk", "ReceiveMessage", "TaskCompleted",
      "ReceiveMessage", "TaskQueued", "TaskStarted", "StreamChunk", "ReceiveMessage", "TaskCompleted",
    ]);
    await hub.stop();
  }
});
