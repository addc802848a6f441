// A client that reads as fast as it can is not slow, however fast the model is.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Gateway, Model } from "../support/gateway.js";
import { CHOICES, Hub, streamed } from "../support/hub.js";

const WORDS = Array.from({ length: 1_500 }, (_, at) => `w${at} `);
/** More in a second than a client with stateful reconnect acknowledges at a time. */
const LINES = WORDS.map((word) => word.padEnd(500, "."));
let gateway, model;

before(async () => {
  model = await Model.start([
    { when: "at once", answer: WORDS.map((text) => ({ text })) },
    { when: "lines", answer: LINES.flatMap((text) => [{ text }, { pause_ms: 1 }]) },
    { when: "paced", answer: WORDS.flatMap((text) => [{ text }, { pause_ms: 1 }]) },
  ]);
  gateway = await Gateway.start({ model });
});
after(async () => {
  await gateway.stop();
  await model.stop();
});

async function hearsAll(content, options, pieces = WORDS) {
  const { token } = await gateway.request("POST", "/api/auth/tokens", { name: "a client" }, 201);
  const hub = await Hub.connect(gateway, { ...options, token });
  const closed = hub.closed().then((error) => Promise.reject(error));
  closed.catch(() => {});
  const ended = hub.invoke("SendMessage", { content }).then(async (sent) => (await hub.ended(sent.taskId), sent.taskId));
  const taskId = await Promise.race([ended, closed]);
  assert.equal(streamed(hub.events.items, taskId), pieces.join(""));
  await hub.stop();
}

for (const choice of CHOICES) {
  describe(`${choice.transport}, ${choice.format}`, { timeout: 60_000 }, () => {
    test("an answer that comes at once is heard whole", () => hearsAll("at once", choice));
    test("an answer at a thousand words a second is heard whole", () => hearsAll("paced", choice));
    if (choice.transport !== "WebSockets") return;
    const stateful = { ...choice, adjust: (builder) => builder.withStatefulReconnect() };
    test("so are long lines by a client with stateful reconnect", () => hearsAll("lines", stateful, LINES));
  });
}
