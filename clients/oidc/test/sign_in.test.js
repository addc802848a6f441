// Signing in at a provider that others wrote: npm's `oidc-provider`, which signs with RS256 and tells of people at its
// userinfo endpoint alone.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { Provider } from "oidc-provider";
import { Gateway } from "../../product/support/gateway.js";
import { Browser } from "../support/browser.js";

const PUBLIC_URL = "http://gateway.test";
const CLIENT = {
  client_id: "sophon",
  client_secret: "a secret with & and : signs",
  redirect_uris: [`${PUBLIC_URL}/sign-in/foreign`],
  post_logout_redirect_uris: [`${PUBLIC_URL}/`],
};
const GRACE = { email: "grace@example.com", email_verified: true, name: "Grace Hopper", groups: ["staff"] };

let server;
let gateway;

before(async () => {
  server = createServer();
  await new Promise((listens) => server.listen(0, "127.0.0.1", listens));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [CLIENT],
    pkce: { required: () => true },
    scopes: ["openid", "profile", "email", "groups"],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"], groups: ["groups"] },
    cookies: { keys: ["a key of a test"] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...GRACE }) }),
  });
  server.on("request", provider.callback());
  gateway = await Gateway.start({
    env: {
      SOPHON__HTTP__PUBLIC_URL: PUBLIC_URL,
      SOPHON__AUTH__OIDC: JSON.stringify([
        {
          id: "foreign",
          name: "Foreign",
          issuer,
          client_id: CLIENT.client_id,
          client_secret: CLIENT.client_secret,
          scopes: ["openid", "profile", "email", "groups"],
          roles: ["staff = Operator"],
        },
      ]),
    },
  });
});

after(async () => {
  await gateway?.stop();
  server.closeAllConnections();
  server.close();
});

/** Signs in as a browser does; what the gateway answers in the end. */
async function signIn(browser) {
  const oidc = `${gateway.url}/api/auth/oidc/foreign`;
  const begun = await browser.post(`${oidc}/begin`, { returnTo: "/sessions" });
  assert.equal(begun.status, 200, JSON.stringify(begun.body));
  const form = { login: "grace", password: "any" };
  const back = await browser.goTo(begun.body.authorizationUrl, form, PUBLIC_URL);
  assert.equal(back.pathname, "/sign-in/foreign");
  const [state, code, iss] = ["state", "code", "iss"].map((name) => back.searchParams.get(name));
  return browser.post(`${oidc}/finish`, { state, code, iss });
}

test("somebody signs in, gets an account, and comes back to it", async () => {
  const config = await (await fetch(`${gateway.url}/api/auth/config`)).json();
  assert.deepEqual(config.providers, [{ id: "foreign", name: "Foreign" }]);

  const { status, body } = await signIn(new Browser());
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.returnTo, "/sessions");
  const { user, accessToken } = body.signedIn;
  assert.deepEqual([user.email, user.name, user.role], ["grace@example.com", "Grace Hopper", "Operator"]);
  const me = await gateway.request("GET", "/api/auth/me", undefined, 200, accessToken);
  assert.equal(me.id, user.id);

  const again = await signIn(new Browser());
  assert.equal(again.body.signedIn.user.id, user.id);
});

test("an answer is for the browser that asked", async () => {
  const [own, other] = [new Browser(), new Browser()];
  const oidc = `${gateway.url}/api/auth/oidc/foreign`;
  const begun = await own.post(`${oidc}/begin`, {});
  const back = await own.goTo(begun.body.authorizationUrl, { login: "grace", password: "any" }, PUBLIC_URL);
  const answer = { state: back.searchParams.get("state"), code: back.searchParams.get("code") };
  const stolen = await other.post(`${oidc}/finish`, answer);
  assert.deepEqual([stolen.status, stolen.body.error.code], [401, "sign_in_expired"]);
  assert.equal((await own.post(`${oidc}/finish`, answer)).status, 200);
  const replayed = await own.post(`${oidc}/finish`, answer);
  assert.equal(replayed.status, 401);
});

test("the provider says where one signs out", async () => {
  const { url } = await (await fetch(`${gateway.url}/api/auth/oidc/foreign/sign-out`)).json();
  const page = await fetch(url);
  assert.equal(page.status, 200, await page.text());
});
