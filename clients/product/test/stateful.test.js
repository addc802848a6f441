// Stateful reconnect: the client behind a proxy that breaks its socket again and again in the middle of an answer.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chance, SEED } from "../support/chance.js";
import { Gateway, Model } from "../support/gateway.js";
import { Hub, streamed } from "../support/hub.js";
import { Proxy } from "../support/proxy.js";

const CUTS = Number(process.env.CUTS ?? 100);
/** What is said between two cuts: enough that the cut comes before its end. */
const PIECES = 20;
const LONGEST_FUSE = 2_500; // bytes
/** Long enough that a part is longer than any fuse, also when its pieces are told together. */
const PIECE_LENGTH = 150;
const FORMATS = ["json", "messagepack"];
let gateway, model;

const said = (cut, piece) => `${cut}.${piece} `.padEnd(PIECE_LENGTH, ".");
const gate = (format, cut) => `${format}-${cut}`;

before(async () => {
  const story = (format) => {
    const parts = Array.from({ length: CUTS }, (_, cut) => [
      { gate: gate(format, cut) },
      ...Array.from({ length: PIECES }, (_, piece) => ({ text: said(cut, piece) })),
    ]);
    return { when: `story in ${format}`, answer: parts.flat() };
  };
  model = await Model.start(FORMATS.map(story));
  gateway = await Gateway.start({ model });
});
after(async () => {
  await gateway.stop();
  await model.stop();
});

for (const format of FORMATS) {
  test(`in ${CUTS} cuts nothing is lost and nothing comes twice, ${format}, seed ${SEED}`, { timeout: 30_000 + CUTS * 1_000 }, async () => {
    const random = chance();
    const proxy = await Proxy.start(gateway.url);
    const adjust = (builder) => builder.withStatefulReconnect();
    const hub = await Hub.connect(gateway, { format, url: proxy.url, adjust });
    const bystander = await Hub.connect(gateway, { format });
    const { connectionId } = hub.connection;
    const { id } = await gateway.createSession();
    for (const each of [hub, bystander]) await each.invoke("JoinSession", id);
    const { taskId } = await gateway.chat(id, `story in ${format}`);
    await hub.events.named("TaskStarted");

    for (let cut = 0; cut < CUTS; cut += 1) {
      const broken = proxy.cutAfter(random(0, LONGEST_FUSE), { reset: random(0, 1) === 1 });
      await model.open(gate(format, cut));
      await broken;
      // The client tries once to come back: a cut in the middle of that would be the end by its own rules.
      await hub.caughtUp();
    }
    await hub.ended(taskId);
    await Promise.all([hub.caughtUp(), bystander.caughtUp()]);

    assert.deepEqual(hub.events.items, bystander.events.items);
    const whole = Array.from({ length: CUTS * PIECES }, (_, at) => said(Math.floor(at / PIECES), at % PIECES)).join("");
    assert.equal(streamed(hub.events.items, taskId), whole);
    assert.equal(hub.connection.connectionId, connectionId, "it is the same connection");
    await Promise.all([hub.stop(), bystander.stop()]);
    proxy.stop();
  });
}
