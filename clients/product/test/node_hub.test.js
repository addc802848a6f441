// Microsoft's client as a node: it is told what to do, and says what came of it, with and without a returned value.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { HttpTransportType, HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import { MessagePackHubProtocol } from "@microsoft/signalr-protocol-msgpack";
import { Gateway } from "../support/gateway.js";
import { CHOICES } from "../support/hub.js";
import { Inbox, signal, soon } from "../support/wait.js";

let gateway;

before(async () => {
  gateway = await Gateway.start();
});
after(() => gateway.stop());

class Machine {
  id;
  connection;
  told = new Inbox();
  #closed = signal();

  /** Connects a new node whose handler of commands is `execute`. */
  static async connect({ transport, format }, scopes, execute) {
    const machine = new Machine();
    const { id, token } = await gateway.pairNode(scopes);
    machine.id = id;
    const builder = new HubConnectionBuilder()
      .withUrl(`${gateway.url}/hubs/node`, { transport: HttpTransportType[transport], accessTokenFactory: () => token })
      .configureLogging(LogLevel.None);
    if (format === "messagepack") builder.withHubProtocol(new MessagePackHubProtocol());
    const connection = (machine.connection = builder.build());
    connection.on("ExecuteCommand", (command) => {
      machine.told.push({ name: "ExecuteCommand", data: command });
      return execute(command, connection);
    });
    for (const name of ["RefreshScopes", "RevokeAccess"]) {
      connection.on(name, (data) => machine.told.push({ name, data }));
    }
    connection.onclose((error) => machine.#closed.fire(error));
    await soon("the start of a connection", connection.start());
    await soon("an answer to Heartbeat", connection.invoke("Heartbeat", { nodeId: id, status: "online", uptime: 7 }));
    return machine;
  }

  closed() {
    return soon("the end of the connection", this.#closed.fired);
  }

  command(command, fields = {}) {
    return gateway.request("POST", `/api/nodes/${this.id}/command`, { command, ...fields });
  }
}

for (const choice of CHOICES) {
  describe(`${choice.transport}, ${choice.format}`, { timeout: 60_000 }, () => {
    test("what the handler returns is the result", async () => {
      const machine = await Machine.connect(choice, ["system.info"], ({ params }) => ({ os: params.os }));
      const told = await machine.command("system.info", { params: { os: "plan9" } });
      assert.equal(told.status, "completed");
      assert.deepEqual(told.result, { os: "plan9" });
      const { data } = await machine.told.named("ExecuteCommand");
      assert.deepEqual(Object.keys(data).sort(), ["command", "commandId", "params", "timeoutMs"]);
      assert.equal(data.commandId, told.commandId);
      await machine.connection.stop();
    });

    test("an answer of the usual shape is taken as such", async () => {
      const error = { code: "consent_denied", message: "Not now." };
      const machine = await Machine.connect(choice, ["system.info"], () => ({ ok: false, error }));
      const told = await machine.command("system.info");
      assert.deepEqual([told.status, told.ok, told.error], ["failed", false, error]);
      await machine.connection.stop();
    });

    test("a handler without a value answers by CommandResult", async () => {
      const machine = await Machine.connect(choice, ["system.info"], ({ commandId }, connection) => {
        connection.send("CommandResult", { commandId, ok: true, result: [1, 2] });
      });
      const told = await machine.command("system.info");
      assert.deepEqual([told.status, told.result], ["completed", [1, 2]]);
      await machine.connection.stop();
    });

    test("a handler that fails is told in its words", async () => {
      const machine = await Machine.connect(choice, ["system.info"], () => {
        throw new Error("It is on fire.");
      });
      const told = await machine.command("system.info");
      assert.equal(told.status, "failed");
      assert.match(told.error.message, /It is on fire/);
      await machine.connection.stop();
    });

    test("scopes are told at once, and the end too", async () => {
      const machine = await Machine.connect(choice, ["system.info"], () => null);
      const scopes = ["system.info", "notify.send"];
      await gateway.request("POST", `/api/nodes/${machine.id}/scopes`, { scopes });
      const { data } = await machine.told.named("RefreshScopes");
      assert.deepEqual(data, { scopes });
      await soon("the acknowledgement", machine.connection.invoke("ScopeChanged", data));
      const node = await gateway.request("GET", `/api/nodes/${machine.id}`);
      assert.deepEqual([node.online, node.uptime, node.scopes], [true, 7, scopes]);
      await gateway.request("DELETE", `/api/nodes/${machine.id}`, undefined, 204);
      await soon("the revocation", machine.told.named("RevokeAccess"), 1_000);
      assert.match((await soon("the end", machine.closed(), 1_000)).message, /revoked/);
      await assert.rejects(machine.connection.start(), /401/);
    });
  });
}

test("people are not let in, nor strangers", async () => {
  for (const token of [gateway.token, "node_unknown.secret", ""]) {
    const connection = new HubConnectionBuilder()
      .withUrl(`${gateway.url}/hubs/node`, { accessTokenFactory: () => token })
      .configureLogging(LogLevel.None)
      .build();
    await assert.rejects(connection.start(), /401/);
  }
});
