// A gateway with its data and its administrator, and the model that answers for it.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createHmac } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Process } from "./process.js";

const ADMIN = { email: "admin@example.com", password: "correct horse battery staple" };
const LIMITS = ["READS", "WRITES", "CHAT", "APPROVALS", "EXPENSIVE"];

/** A provider that answers by rules: see the model server of the crate `sophon-testkit`. */
export class Model {
  #process;
  #folder;

  static async start(rules) {
    const model = new Model();
    model.#folder = await mkdtemp(join(tmpdir(), "sophon-model-"));
    const script = join(model.#folder, "rules.json");
    await writeFile(script, JSON.stringify(rules));
    model.#process = await Process.start("model", ["--script", script], { folder: model.#folder });
    return model;
  }

  get url() {
    return `${this.#process.url}/v1`;
  }

  /** Lets everybody through the gate of this name, now and later. */
  async open(gate) {
    const response = await fetch(`${this.#process.url}/_control/gates/${gate}`, { method: "POST" });
    assert.equal(response.status, 204);
  }

  async stop() {
    await this.#process.end("SIGKILL");
    await rm(this.#folder, { recursive: true });
  }
}

/** The gateway. One has to sign in; `token` is the administrator's access token. */
export class Gateway {
  #process;
  #folder;
  #env;
  token;

  /** Starts a gateway on fresh data, with more variables in `env`. Without a model the offline agent answers. */
  static async start({ model, env = {} } = {}) {
    const gateway = new Gateway();
    gateway.#folder = await mkdtemp(join(tmpdir(), "sophon-gateway-"));
    gateway.#env = {
      SOPHON_ADMIN_EMAIL: ADMIN.email,
      SOPHON_ADMIN_PASSWORD: ADMIN.password,
      SOPHON__LOG__FILTER: "error",
      ...Object.fromEntries(LIMITS.map((name) => [`SOPHON__RATE_LIMITS__${name}`, "1000000"])),
      ...env,
      ...(model && { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: "key", SOPHON_MODEL: "scripted-1" }),
    };
    await gateway.#serve("127.0.0.1:0");
    gateway.token = (await gateway.login()).accessToken;
    return gateway;
  }

  async #serve(listen) {
    const args = ["serve", "--listen", listen, "--data", join(this.#folder, "data")];
    this.#process = await Process.start("gateway", args, { env: this.#env, folder: this.#folder });
  }

  get url() {
    return this.#process.url;
  }

  /** Ends the process with this signal; returns the exit code. */
  end(signalName) {
    return this.#process.end(signalName);
  }

  /** Starts it again where it was. */
  startAgain() {
    return this.#serve(new URL(this.url).host);
  }

  async stop() {
    await this.end("SIGKILL");
    await rm(this.#folder, { recursive: true });
  }

  /** What `/api/auth/login` answers to the administrator. */
  async login() {
    const response = await fetch(`${this.url}/api/auth/login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(ADMIN),
    });
    assert.equal(response.status, 200, await response.clone().text());
    return response.json();
  }

  /** A token like `token`, signed with the gateway's own key, that is good for `seconds` from now. */
  async tokenFor(seconds) {
    const key = await readFile(join(this.#folder, "data/security/token.key"));
    const [header, payload] = this.token.split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url"));
    const exp = Math.floor(Date.now() / 1000) + seconds;
    const body = `${header}.${Buffer.from(JSON.stringify({ ...claims, exp })).toString("base64url")}`;
    return `${body}.${createHmac("sha256", key).update(body).digest("base64url")}`;
  }

  /** The administrator's request, or that of who has `token`; returns what it is answered, with this status. */
  async request(method, path, body, status = 200, token = this.token) {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    assert.equal(response.status, status, `${method} ${path}: ${text}`);
    return text && JSON.parse(text);
  }

  /** Registers, approves and pairs a node; returns its id and token. */
  async pairNode(scopes) {
    const fields = { displayName: "A stock client", platform: "linux", scopes };
    const { id, pairingSecret } = await this.request("POST", "/api/nodes", fields, 201);
    await this.request("POST", `/api/nodes/${id}/approve`);
    const { token } = await this.request("POST", "/api/nodes/me/pair", { nodeId: id, pairingSecret });
    return { id, token };
  }

  /** A new session. */
  createSession(fields = {}) {
    return this.request("POST", "/api/sessions", { title: "A session", ...fields }, 201);
  }

  /** Sends a message by REST; returns `{taskId, sessionId, messageId}`. */
  chat(sessionId, content) {
    return this.request("POST", "/api/chat", { sessionId, content }, 202);
  }

  /** What is stored of a session, oldest first. */
  async messages(sessionId) {
    return (await this.request("GET", `/api/sessions/${sessionId}/messages?limit=200`)).items;
  }
}
