// The session stream through `EventSource`.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Gateway, Model } from "../support/gateway.js";
import { CHOICES, Hub } from "../support/hub.js";
import { Proxy } from "../support/proxy.js";
import { SessionStream } from "../support/session_stream.js";

const timeout = 60_000;
let gateway, model, token;

before(async () => {
  model = await Model.start([
    { when: "gated", answer: [{ text: "First " }, { gate: "gated" }, { text: "second." }] },
    {
      when: "the sum",
      answer: [
        { text: "Wait." },
        { tool_calls: [{ id: "c1", name: "calculator.evaluate", arguments: { expression: "40+2" } }] },
      ],
    },
    { answer: [{ text: "Hello" }, { text: " you." }] },
  ]);
  gateway = await Gateway.start({ model });
  token = gateway.token;
});
after(async () => {
  await gateway.stop();
  await model.stop();
});

/** Whole messages as `[role, content]`. */
function messages(stream) {
  return stream.told.filter(({ name }) => name === "message").map(({ data }) => [data.role, data.content]);
}

/** What is kept for who comes back; that somebody types is not. */
function kept(told) {
  return told.filter(({ name }) => name !== "typing");
}

/** The numbers of what was told and is kept, which must rise. */
function assertRising(stream) {
  const ids = kept(stream.told).map(({ id }) => Number(id));
  assert.deepEqual(ids, [...new Set(ids)].sort((a, b) => a - b));
}

const online = ({ status }) => status === "online";

test("a turn is told in the shapes of the protocol page", { timeout }, async () => {
  const { id } = await gateway.createSession();
  const stream = await SessionStream.open(gateway, id, { token });
  await stream.events.named("heartbeat", ({ ts }) => Math.abs(ts - Date.now() / 1000) < 60);
  const sent = await gateway.chat(id, "hi");
  const working = await stream.events.named("presence", ({ status }) => status === "working");
  const { data: presence } = await stream.events.named("presence", online);
  assert.equal(presence.sessionId, id);
  assert.ok(Number.isInteger(presence.ts));
  assert.equal(working.data.agentId, presence.agentId);
  const { data: typing } = await stream.events.named("typing");
  assert.deepEqual(Object.keys(typing).sort(), ["agentId", "ts"]);
  assert.ok(Number.isInteger(typing.ts));

  await gateway.request("PATCH", `/api/sessions/${id}`, { title: "Renamed" });
  const { data: updated } = await stream.events.named("session_updated", ({ name }) => name === "Renamed");
  assert.deepEqual([updated.id, updated.visibility, updated.mode], [id, "private", "async"]);
  assert.ok(updated.status && updated.workspace);

  const stored = await gateway.messages(id);
  const rows = stream.told.filter(({ name }) => name === "message").map(({ data }) => data);
  assert.deepEqual(rows.map((row) => [row.id, row.messageId, row.sessionId, row.content, row.msgType]),
    stored.map((row) => [row.id, row.messageId, id, row.content, "chat"]));
  assert.equal(rows[0].messageId, sent.messageId);
  assertRising(stream);
  stream.close();
});

test("a heartbeat comes at once and then every 15 seconds", { timeout }, async () => {
  const { id } = await gateway.createSession();
  const stream = await SessionStream.open(gateway, id, { token });
  const [first, second] = await stream.events.until("the second heartbeat", (events) => {
    const beats = events.filter(({ name }) => name === "heartbeat");
    return beats.length === 2 && beats;
  });
  const gap = second.data.ts - first.data.ts;
  assert.ok(gap >= 14 && gap <= 17, `${gap} s`);
  stream.close();
});

test("a private session wants a token, a public one none", { timeout }, async () => {
  const { id } = await gateway.createSession();
  for (const [options, status] of [[{}, 401], [{ token: "rubbish" }, 401], [{ token: await gateway.tokenFor(-1) }, 401]]) {
    const stream = new SessionStream(gateway, id, options);
    assert.deepEqual(await stream.refused(), { status, closed: true });
  }
  const unknown = new SessionStream(gateway, "ses_unknown", { token });
  assert.deepEqual(await unknown.refused(), { status: 404, closed: true });

  const { token: apiToken } = await gateway.request("POST", "/api/auth/tokens", { name: "watcher" }, 201);
  (await SessionStream.open(gateway, id, { token: apiToken })).close();
  await gateway.request("PATCH", `/api/sessions/${id}`, { visibility: "public" });
  const open = await SessionStream.open(gateway, id);
  await gateway.chat(id, "hi");
  await open.events.named("presence", online);
  assert.deepEqual(messages(open), [["user", "hi"], ["agent", "Hello you."]]);
  open.close();
});

test("who was cut off comes back by itself and misses nothing", { timeout }, async () => {
  const { id } = await gateway.createSession();
  const proxy = await Proxy.start(gateway.url);
  const stream = await SessionStream.open(gateway, id, { token, url: proxy.url });
  const bystander = await SessionStream.open(gateway, id, { token });
  await gateway.chat(id, "one");
  for (const watcher of [stream, bystander]) await watcher.events.named("presence", online);

  proxy.refuse();
  await stream.events.named("error");
  bystander.events.take();
  const afterwards = stream.told.length;
  await gateway.chat(id, "two");
  await bystander.events.named("presence", online);
  proxy.accept();
  const last = kept(bystander.told).at(-1);
  await stream.events.until("the last event", (events) => events.some(({ id, name }) => id === last.id && name === last.name));
  assert.deepEqual(kept(stream.told.slice(afterwards)), kept(bystander.told));
  assert.deepEqual(messages(stream).filter(([role]) => role === "user"), [["user", "one"], ["user", "two"]]);
  assertRising(stream);
  stream.close();
  bystander.close();
  proxy.stop();
});

test("a turn goes on over a kill and a start", { timeout }, async () => {
  const { id } = await gateway.createSession();
  const stream = await SessionStream.open(gateway, id, { token });
  const sent = await gateway.chat(id, "gated");
  await stream.events.named("typing");
  await gateway.end("SIGKILL");
  await stream.events.named("error");
  await gateway.startAgain();
  await model.open("gated");
  await stream.events.named("presence", online);
  assert.deepEqual(messages(stream), [["user", "gated"], ["agent", "First second."]]);
  assert.equal((await gateway.request("GET", `/api/tasks/${sent.taskId}`)).status, "completed");
  assertRising(stream);
  stream.close();
});

test("one turn is the same on every transport, in every format and on the session stream", { timeout }, async () => {
  const { id } = await gateway.createSession();
  const hubs = await Promise.all(CHOICES.map((choice) => Hub.connect(gateway, choice)));
  for (const hub of hubs) await hub.invoke("JoinSession", id);
  const stream = await SessionStream.open(gateway, id, { token });
  const { taskId } = await gateway.chat(id, "what is the sum?");
  await Promise.all(hubs.map((hub) => hub.ended(taskId)));
  await Promise.all(hubs.map((hub) => hub.caughtUp()));
  await stream.events.named("presence", online);

  const [first, ...others] = hubs.map((hub) => hub.events.items);
  for (const other of others) assert.deepEqual(other, first);
  const received = first.filter(({ name }) => name === "ReceiveMessage").map(({ data: { seq, ...message } }) => [String(seq), message]);
  const told = stream.told.filter(({ name }) => name === "message").map((event) => [event.id, event.data]);
  assert.deepEqual(told, received, "the same messages under the same numbers");
  stream.close();
  await Promise.all(hubs.map((hub) => hub.stop()));
});
