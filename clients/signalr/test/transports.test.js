// The transports by themselves: the client's connection without a hub, plain and encrypted, direct and redirected.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { HttpTransportType, HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import { HttpConnection } from "@microsoft/signalr/dist/cjs/HttpConnection.js";
import { startServer } from "../server.js";

// The server's certificate is made for each run, and nobody vouches for it.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
const TEXT = 1;
const transports = ["WebSockets", "ServerSentEvents", "LongPolling"];

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

for (const name of transports) {
  const transport = HttpTransportType[name];
  for (const path of ["/echo", "/echoredirect"]) {
    // In node, neither a WebSocket nor an EventSource follows a redirection to a path.
    if (name !== "LongPolling" && path === "/echoredirect") continue;
    for (const base of ["url", "encryptedUrl"]) {
      test(`${path} says back over ${name}, ${base}`, { timeout: 20_000 }, async () => {
        const connection = new HttpConnection(server[base] + path, { transport, logger: LogLevel.None });
        const heard = new Promise((resolve) => (connection.onreceive = resolve));
        const closed = new Promise((resolve) => (connection.onclose = resolve));
        await connection.start(TEXT);
        await connection.send("grüße");
        assert.equal(await heard, "grüße");
        await connection.stop();
        assert.equal(await closed, undefined);
      });
    }
  }

  test(`a hub is served encrypted over ${name}`, { timeout: 20_000 }, async () => {
    const token = async () => (await fetch(`${server.encryptedUrl}/generateJwtToken`)).text();
    const hub = new HubConnectionBuilder()
      .withUrl(`${server.encryptedUrl}/authorizedHub`, { transport, accessTokenFactory: token })
      .configureLogging(LogLevel.None)
      .build();
    await hub.start();
    assert.equal(await hub.invoke("GetActiveTransportName"), name);
    await hub.stop();
  });
}
