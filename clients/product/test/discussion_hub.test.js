// The discussion hub: a run, from its start to its verdict.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Gateway, Model } from "../support/gateway.js";
import { CHOICES, Hub } from "../support/hub.js";
import { assertShapes } from "../support/shapes.js";

const VERDICT = {
  recommendation: "Tea.",
  reasoning: "It keeps.",
  confidence: 0.5,
  keyPoints: ["It keeps."],
  dissent: ["Coffee wakes."],
};
let gateway, model;

before(async () => {
  model = await Model.start([
    { when: "Give your verdict.", answer: [{ text: JSON.stringify(VERDICT) }] },
    { when: "endless", answer: [{ text: "Once " }, { gate: "never" }] },
    ...CHOICES.map((_, at) => ({ when: `Tea or coffee ${at}?`, answer: [{ gate: `tea-${at}` }, { text: "Tea." }] })),
  ]);
  gateway = await Gateway.start({ model });
});
after(async () => {
  await gateway.stop();
  await model.stop();
});

/** A run in which an agent and a persona argue once about `topic`. */
async function start(topic) {
  const panelists = ["sophon", { name: "Ada", persona: "You doubt." }];
  const { id } = await gateway.request("POST", "/api/discussions", { topic, panelists, rounds: 1 }, 201);
  return gateway.request("POST", `/api/discussions/${id}/runs`, undefined, 202);
}

const last = (hub, name) => hub.events.until(name, (events) => events.find((event) => event.name === name));

for (const [at, choice] of CHOICES.entries()) {
  describe(`${choice.transport}, ${choice.format}`, { timeout: 60_000 }, () => {
    test("who subscribes is told of everything, and who comes back of what it missed", async () => {
      const hub = await Hub.connect(gateway, { ...choice, path: "discussion" });
      const { runId, topic, panelists } = await start(`Tea or coffee ${at}?`);
      const subscribed = await hub.invoke("Subscribe", { runId, since: 0 });
      assert.deepEqual([subscribed.runId, subscribed.complete], [runId, true]);
      await model.open(`tea-${at}`);
      await last(hub, "DiscussionCompleted");
      const events = hub.events.items;
      assertShapes(events);
      assert.deepEqual(events.map(({ name }) => name), [
        "DiscussionStarted", "RoundStarted", "TurnStarted", "TurnStarted", "TurnCompleted", "TurnCompleted",
        "JudgeStarted", "Verdict", "DiscussionCompleted",
      ]);
      assert.ok(events.every(({ data }) => data.runId === runId));
      assert.deepEqual([events[0].data.topic, events[0].data.panelists], [topic, panelists]);
      assert.deepEqual(events[7].data.verdict, VERDICT);
      const run = await gateway.request("GET", `/api/discussions/runs/${runId}`);
      assert.equal(events[8].data.verdictHash, run.verdictHash);
      assert.deepEqual(run.turns.map(({ content }) => content), ["Tea.", "Tea."]);

      const late = await Hub.connect(gateway, { ...choice, path: "discussion" });
      const { status } = await late.invoke("Subscribe", { runId, since: events[3].data.seq });
      assert.equal(status, "completed");
      await last(late, "DiscussionCompleted");
      assert.deepEqual(late.events.items, events.slice(4));
      await Promise.all([hub.stop(), late.stop()]);
    });

    test("a run is cancelled, and who has unsubscribed is told nothing of it", async () => {
      const hub = await Hub.connect(gateway, { ...choice, path: "discussion" });
      const gone = await Hub.connect(gateway, { ...choice, path: "discussion" });
      const { runId } = await start("endless");
      await Promise.all([hub.invoke("Subscribe", runId), gone.invoke("Subscribe", runId)]);
      await gone.invoke("Unsubscribe", { runId });
      gone.events.take();
      await hub.invoke("CancelRun", { runId });
      const { data } = await last(hub, "DiscussionCancelled");
      const { user } = await gateway.login();
      assert.equal(data.cancelledBy, user.id);
      assertShapes(hub.events.items);
      await assert.rejects(hub.invoke("CancelRun", { runId }), /conflict/);
      await assert.rejects(gone.invoke("Subscribe", { runId: "drun_nobody" }), /not_found/);
      assert.deepEqual(gone.events.items, []);
      await Promise.all([hub.stop(), gone.stop()]);
    });
  });
}
