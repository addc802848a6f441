// Stateful reconnect: the stock client behind a proxy that cuts its socket again and again. CUTS says how often.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { HttpTransportType, HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import { MessagePackHubProtocol } from "@microsoft/signalr-protocol-msgpack";
import { startServer } from "../server.js";

const cuts = Number(process.env.CUTS ?? 30);
let server;
before(async () => (server = await startServer()));
after(() => server.stop());

/** A TCP proxy whose connections can be broken without a word. */
async function startProxy(target) {
  const { hostname, port } = new URL(target);
  const open = new Set();
  const proxy = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    client.pipe(upstream).pipe(client);
    const end = () => { open.delete(end); client.destroy(); upstream.destroy(); };
    open.add(end);
    for (const socket of [client, upstream]) socket.on("error", end).on("close", end);
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${proxy.address().port}`,
    cut: () => { for (const end of [...open]) end(); return open; },
    stop: () => { for (const end of [...open]) end(); proxy.close(); },
  };
}

for (const format of ["json", "messagepack"]) {
  test(`nothing is lost and nothing comes twice in ${cuts} cuts, ${format}`, { timeout: 20_000 + cuts * 500 }, async () => {
    const proxy = await startProxy(server.url);
    const build = (url) => {
      const builder = new HubConnectionBuilder()
        .withUrl(`${url}/testhub`, { transport: HttpTransportType.WebSockets })
        .withStatefulReconnect()
        .configureLogging(LogLevel.None);
      if (format === "messagepack") builder.withHubProtocol(new MessagePackHubProtocol());
      return builder.build();
    };
    const cutOff = build(proxy.url);
    const safe = build(server.url);
    await Promise.all([cutOff.start(), safe.start()]);
    const id = cutOff.connectionId;
    let closed = false;
    cutOff.onclose(() => (closed = true));
    const down = [], up = [];
    cutOff.on("GroupMessage", (n) => down.push(n));
    safe.on("GroupMessage", (n) => up.push(n));
    await cutOff.invoke("JoinGroup", `down-${format}`);
    await safe.invoke("JoinGroup", `up-${format}`);

    let sent = 0, answered = 0, running = true;
    const talking = (async () => {
      while (running) {
        sent += 1;
        const n = sent;
        await safe.invoke("SendToGroup", `down-${format}`, n);
        cutOff.invoke("SendToGroup", `up-${format}`, n).then(() => (answered += 1));
        await sleep(3);
      }
    })();
    for (let n = 0; n < cuts; n += 1) {
      await sleep(20 + Math.random() * 120);
      proxy.cut();
      // The client tries once to come back; a cut in the middle of that would be the end by its own rules.
      await cutOff.invoke("Echo", "back?");
    }
    running = false;
    await talking;
    const limit = Date.now() + 10_000;
    while ((down.length < sent || up.length < sent || answered < sent) && !closed && Date.now() < limit) await sleep(10);

    const all = Array.from({ length: sent }, (_, n) => n + 1);
    assert.equal(closed, false);
    assert.deepEqual(down, all);
    assert.deepEqual(up, all);
    assert.equal(answered, sent);
    assert.equal(cutOff.connectionId, id);
    await Promise.all([cutOff.stop(), safe.stop()]);
    proxy.stop();
  });
}
