// Microsoft's JavaScript client, in each transport and each format, against the hub of the example `testhub`.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fork } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { HttpTransportType, HubConnectionBuilder, LogLevel, Subject } from "@microsoft/signalr";
import { MessagePackHubProtocol } from "@microsoft/signalr-protocol-msgpack";
import { startServer } from "../server.js";

/** Messages of 30 KB: more than the system buffers for one connection. */
const BEYOND_BUFFERS = 500;

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

const transports = { WebSockets: HttpTransportType.WebSockets, ServerSentEvents: HttpTransportType.ServerSentEvents, LongPolling: HttpTransportType.LongPolling };

function build(path, transport, format, options = {}) {
  const builder = new HubConnectionBuilder()
    .withUrl(`${server.url}${path}`, { transport, ...options })
    .configureLogging(LogLevel.None);
  if (format === "messagepack") builder.withHubProtocol(new MessagePackHubProtocol());
  return builder;
}

/** Resolves with the arguments of the next call of `method`. */
function once(connection, method) {
  return new Promise((resolve) => connection.on(method, (...args) => resolve(args)));
}

function collect(stream) {
  return new Promise((resolve, reject) => {
    const items = [];
    stream.subscribe({ next: (item) => items.push(item), complete: () => resolve(items), error: reject });
  });
}

for (const [name, transport] of Object.entries(transports)) {
  for (const format of ["json", "messagepack"]) {
    if (name === "ServerSentEvents" && format === "messagepack") continue;
    describe(`${name}, ${format}`, { timeout: 60_000 }, () => {
      let hub;
      before(async () => {
        hub = build("/testhub", transport, format).build();
        await hub.start();
      });
      after(() => hub.stop());

      test("a call is answered, whatever the case of its name", async () => {
        assert.equal(await hub.invoke("Echo", "grüße 👋"), "grüße 👋");
        assert.equal(await hub.invoke("echo", "again"), "again");
        assert.equal(await hub.invoke("GetActiveTransportName"), name);
        assert.equal(await hub.invoke("GetCallerConnectionId"), hub.connectionId);
      });

      test("the server calls back", async () => {
        const called = once(hub, "Message");
        await hub.send("InvokeWithString", "hello");
        assert.deepEqual(await called, ["hello"]);
        const object = { Name: "N", Value: 1, deep: [{ a: null }] };
        const custom = once(hub, "CustomObject");
        await hub.invoke("SendCustomObject", object);
        assert.deepEqual(await custom, [object]);
      });

      test("bytes and dates keep their kind", async () => {
        const binary = format === "messagepack";
        const object = {
          String: "s", IntArray: [1, 2, 300_000],
          ByteArray: binary ? new Uint8Array([104, 105]) : "aGk=",
          Guid: "00010203-0405-0607-0706-050403020100",
          DateTime: binary ? new Date(Date.UTC(2002, 3, 1, 10, 20, 15)) : "2002-04-01T10:20:15Z",
        };
        assert.deepEqual(await hub.invoke("EchoComplexObject", object), object);
        assert.deepEqual(await hub.invoke("SendComplexObject"), {
          String: "hello world", IntArray: [1, 2, 3],
          ByteArray: binary ? new Uint8Array([1, 2, 3]) : "AQID",
          Guid: "00010203-0405-0607-0706-050403020100",
          DateTime: binary ? new Date(Date.UTC(2000, 0, 1)) : "2000-01-01T00:00:00Z",
        });
      });

      test("errors come with Microsoft's words", async () => {
        const failed = (promise, text) => assert.rejects(promise, (error) => error.message === text);
        await failed(hub.invoke("ThrowException", "boom"), "An unexpected error occurred invoking 'ThrowException' on the server. InvalidOperationException: boom");
        await failed(hub.invoke("Missing"), "Unknown hub method 'Missing'");
        await failed(collect(hub.stream("StreamThrowException", "boom")), "An unexpected error occurred invoking 'StreamThrowException' on the server. InvalidOperationException: boom");
      });

      test("streams come and can be cancelled", async () => {
        assert.deepEqual(await collect(hub.stream("Stream")), ["a", "b", "c"]);
        assert.deepEqual(await collect(hub.stream("EmptyStream")), []);
        const cancelled = once(hub, "StreamCanceled");
        await new Promise((resolve) => {
          const subscription = hub.stream("InfiniteStream").subscribe({
            next: () => { subscription.dispose(); resolve(); }, complete() {}, error() {},
          });
        });
        await cancelled;
      });

      test("streams go up", async () => {
        const subject = new Subject();
        const answer = hub.invoke("StreamingConcat", subject);
        for (const part of ["one", "two", "three"]) subject.next(part);
        subject.complete();
        assert.equal(await answer, "onetwothree");
        const broken = new Subject();
        const failed = hub.invoke("StreamingConcat", broken);
        broken.error(new Error("it broke"));
        await assert.rejects(failed, /HubException: .*it broke/);
      });

      test("the client answers the server", async () => {
        hub.on("Result", () => 42);
        assert.equal(await hub.invoke("AskMe"), 42);
        hub.off("Result");
        hub.on("Result", () => { throw new Error("no idea"); });
        await assert.rejects(hub.invoke("AskMe"), /no idea/);
        hub.off("Result");
        await assert.rejects(hub.invoke("AskMe"), /Client didn't provide a result/);
      });

      test("a group hears what is said in it, in order", async () => {
        const other = build("/testhub", transport, format).build();
        await other.start();
        const group = `group-${name}-${format}`;
        const heard = [];
        const all = new Promise((resolve) => {
          other.on("GroupMessage", (message) => { heard.push(message.n); if (heard.length === 50) resolve(); });
        });
        await other.invoke("JoinGroup", group);
        for (let n = 0; n < 50; n += 1) await hub.invoke("SendToGroup", group, { n });
        await all;
        assert.deepEqual(heard, Array.from({ length: 50 }, (_, n) => n));
        await other.stop();
      });

      test("a message that is too large ends the connection with a reason", async () => {
        const other = build("/testhub", transport, format).build();
        await other.start();
        const closed = new Promise((resolve) => other.onclose(resolve));
        other.invoke("Echo", "x".repeat(40_000)).catch(() => {});
        assert.match((await closed).message, /maximum message size of 32768B was exceeded/);
      });

      test("many calls at once are answered, however much they are together", async () => {
        const parts = Array.from({ length: 60 }, (_, n) => "x".repeat(20_000) + n);
        assert.deepEqual(await Promise.all(parts.map((part) => hub.invoke("Echo", part))), parts);
      });

      test("an aborted client comes back by itself, if it may", async () => {
        const other = build("/testhub", transport, format).withAutomaticReconnect([0]).build();
        await other.start();
        const before = other.connectionId;
        const back = new Promise((resolve) => other.onreconnected(resolve));
        await other.send("Abort");
        assert.notEqual(await back, before);
        assert.equal(await other.invoke("Echo", "back"), "back");
        await other.stop();
      });

      test("a client that was stopped can start again, under another name", async () => {
        const other = build("/testhub", transport, format).build();
        await other.start();
        const before = other.connectionId;
        await other.stop();
        await other.start();
        assert.notEqual(other.connectionId, before);
        assert.equal(await other.invoke("Echo", "again"), "again");
        await other.stop();
      });

      test("cookies of the negotiation come with the next requests, expired ones do not", async () => {
        assert.equal(await hub.invoke("GetCookie", "testCookie"), "testValue");
        assert.equal(await hub.invoke("GetCookie", "testCookie2"), "testValue2");
        assert.equal(await hub.invoke("GetCookie", "expiredCookie"), null);
      });

      test("headers are those of the client, and none is null", async () => {
        assert.match(await hub.invoke("GetHeader", "User-Agent"), /^Microsoft SignalR/);
        assert.equal(await hub.invoke("GetHeader", "X-None"), null);
      });

      test("the client answers whoever else asks the server for it", async () => {
        hub.on("Result", () => 43);
        assert.equal(await (await fetch(`${server.url}/clientresult/${hub.connectionId}`)).text(), "43");
        hub.off("Result");
      });

      test("a hub that cannot be made says why and does not let the client come back", async () => {
        const other = build("/uncreatable", transport, format).withAutomaticReconnect([0]).build();
        const closed = new Promise((resolve) => other.onclose(resolve));
        // The reason may come before the client has started or after it.
        const reason = await Promise.race([other.start().then(() => closed, (error) => error), closed]);
        assert.match(reason.message, /Connection closed with an error\. InvalidOperationException: Unable to resolve service/);
      });

      test("a client that is stopped in its tracks is closed, told no later event, and others miss nothing", async () => {
        const group = `stopped-${name}-${format}`;
        const stopped = fork(fileURLToPath(new URL("../stopped.js", import.meta.url)), [server.url, transport, format, group]);
        const told = () => new Promise((resolve) => stopped.once("message", resolve));
        assert.equal(await told(), "joined");
        const heard = [];
        hub.on("GroupMessage", (message) => heard.push(message.n));
        await hub.invoke("JoinGroup", group);
        stopped.kill("SIGSTOP");
        const all = Array.from({ length: BEYOND_BUFFERS }, (_, n) => n);
        const filler = "x".repeat(30_000);
        for (const n of all) await hub.invoke("SendToGroup", group, { n, filler });
        assert.equal(await hub.invoke("Echo", "after all"), "after all");
        assert.deepEqual(heard, all);
        hub.off("GroupMessage");
        const closed = told();
        stopped.kill("SIGCONT");
        const before = (await closed).heard;
        assert.ok(before.length < all.length);
        assert.deepEqual(before, all.slice(0, before.length));
        stopped.kill();
      });

      test("the authorized hub wants its token", async () => {
        const refused = (options) => assert.rejects(
          build("/authorizedhub", transport, format, options).build().start(), /Unauthorized: Status code '401'/);
        await refused({});
        await refused({ accessTokenFactory: () => "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSIsImV4cCI6OTk5OTk5OTk5OX0." });
        const token = await (await fetch(`${server.url}/generateJwtToken`)).text();
        const allowed = build("/authorizedhub", transport, format, { accessTokenFactory: () => token }).build();
        await allowed.start();
        assert.equal(await allowed.invoke("Echo", "in"), "in");
        await allowed.stop();
      });
    });
  }
}

test("negotiation may be skipped, redirected and refused", { timeout: 20_000 }, async () => {
  const skipped = build("/testhub", HttpTransportType.WebSockets, "json", { skipNegotiation: true }).build();
  await skipped.start();
  assert.equal(skipped.connectionId, null);
  assert.equal(await skipped.invoke("Echo", "direct"), "direct");
  await skipped.stop();
  const redirected = build(`/redirect?baseUrl=${server.url}`, undefined, "json").build();
  await redirected.start();
  assert.ok((await redirected.invoke("GetNumRedirects")) >= 1);
  await redirected.stop();
  await assert.rejects(build("/bad-negotiate", undefined, "json").build().start(), /Some response from server/);
});

test("without WebSockets the client falls back", { timeout: 20_000 }, async () => {
  const hub = build("/testhub-nowebsockets", undefined, "json").build();
  await hub.start();
  assert.equal(await hub.invoke("GetActiveTransportName"), "ServerSentEvents");
  await hub.stop();
});

test("messagepack over server-sent events is refused", { timeout: 20_000 }, async () => {
  await assert.rejects(
    build("/testhub", HttpTransportType.ServerSentEvents, "messagepack").build().start(), /does not support Binary/);
});

test("a refused handshake is an error of the start, and no other error", { timeout: 20_000 }, async () => {
  const unknown = { name: "xml", version: 1, transferFormat: 1, parseMessages: () => [], writeMessage: () => "" };
  for (const transport of Object.values(transports)) {
    const hub = build("/testhub", transport, "json").withHubProtocol(unknown).build();
    await assert.rejects(hub.start(), /The protocol 'xml' is not supported/);
  }
});

test("a silent long-polling client stays", { timeout: 20_000 }, async () => {
  const hub = build("/testhub", HttpTransportType.LongPolling, "json").build();
  await hub.start();
  await sleep(2_000);
  assert.equal(await hub.invoke("Echo", "still"), "still");
  await hub.stop();
});
