// Who gets onto a hub, and for how long.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Gateway } from "../support/gateway.js";
import { CHOICES, Hub } from "../support/hub.js";
import { soon } from "../support/wait.js";

const timeout = 60_000;
let gateway;

before(async () => (gateway = await Gateway.start()));
after(() => gateway.stop());

const refused = (options) =>
  assert.rejects(Hub.connect(gateway, options), /"code":"unauthenticated".*Status code '401'/);

const makeApiToken = () => gateway.request("POST", "/api/auth/tokens", { name: "a client" }, 201);

for (const path of ["chat", "tasks"]) {
  for (const choice of CHOICES) {
    test(`/hubs/${path} refuses bad credentials over ${choice.transport} in ${choice.format}`, { timeout }, async () => {
      await refused({ ...choice, path, token: "" });
      await refused({ ...choice, path, token: "rubbish" });
      await refused({ ...choice, path, token: await gateway.tokenFor(-1) });
      const forged = gateway.token.replace(/.{8}$/, "AAAAAAAA");
      await refused({ ...choice, path, token: forged });
    });
  }
}

test("a revoked API token and a sign-in that has ended open no hub", { timeout }, async () => {
  const { token, apiToken } = await makeApiToken();
  await (await Hub.connect(gateway, { token })).stop();
  await gateway.request("DELETE", `/api/auth/tokens/${apiToken.id}`, undefined, 204);
  await refused({ token });

  const { accessToken } = await gateway.login();
  await (await Hub.connect(gateway, { token: accessToken })).stop();
  const signedOut = await fetch(`${gateway.url}/api/auth/logout`, {
    method: "POST",
    headers: { authorization: `Bearer ${accessToken}` },
  });
  assert.equal(signedOut.status, 204);
  await refused({ token: accessToken });
});

for (const choice of CHOICES) {
  describe(`${choice.transport}, ${choice.format}`, { timeout }, () => {
    test("a live connection ends for good with its credential", async () => {
      const { token, apiToken } = await makeApiToken();
      const adjust = (builder) => builder.withAutomaticReconnect([0, 0]);
      const hub = await Hub.connect(gateway, { ...choice, token, adjust });
      await gateway.request("DELETE", `/api/auth/tokens/${apiToken.id}`, undefined, 204);
      assert.match((await hub.closed()).message, /revoked/);
    });

    test("a connection whose token runs out is told so and goes on with a fresh one", async () => {
      let token = await gateway.tokenFor(2);
      const adjust = (builder) => builder.withAutomaticReconnect([0, 0]);
      const hub = await Hub.connect(gateway, { ...choice, token: () => token, adjust });
      token = gateway.token;
      const reason = new Promise((resolve) => hub.connection.onreconnecting(resolve));
      const back = new Promise((resolve) => hub.connection.onreconnected(resolve));
      assert.match((await soon("the end of the token", reason)).message, /expired/);
      await soon("the return with a fresh token", back);
      const sent = await hub.invoke("SendMessage", { content: "calculate 1+1" });
      assert.equal((await hub.ended(sent.taskId)).name, "TaskCompleted");
      await hub.stop();
    });
  });
}
