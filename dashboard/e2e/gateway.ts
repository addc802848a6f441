/** A real gateway with a data folder of its own: `SOPHON_BIN`, or the debug build of this workspace. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const BINARY = process.env.SOPHON_BIN ?? join(import.meta.dirname, "../../target/debug/sophon");
const READY_WITHIN = 20_000;

export const ADMIN = { email: "ada@example.org", password: "correct horse battery staple" };

export class Gateway {
  readonly #data = mkdtempSync(join(tmpdir(), "sophon-e2e-"));
  #process: ChildProcess | undefined;
  #url = "";

  constructor(private readonly environment: () => Record<string, string> = () => ({})) {}

  get url(): string {
    return this.#url;
  }

  /** Starts it; again after `kill`, it comes back at the same address with the same data. */
  async start() {
    const listen = this.#url === "" ? "127.0.0.1:0" : new URL(this.#url).host;
    const child = spawn(BINARY, ["serve", "--listen", listen, "--data", this.#data], {
      env: {
        PATH: process.env.PATH,
        HOME: this.#data,
        SOPHON_ADMIN_EMAIL: ADMIN.email,
        SOPHON_ADMIN_PASSWORD: ADMIN.password,
        // A machine clicks faster than a person.
        SOPHON__RATE_LIMITS__READS: "6000",
        SOPHON__RATE_LIMITS__WRITES: "6000",
        SOPHON__RATE_LIMITS__CHAT: "6000",
        ...this.environment(),
      },
      stdio: ["ignore", "pipe", process.env.SHOW_LOG ? "inherit" : "ignore"],
    });
    this.#process = child;
    this.#url = await listening(child);
  }

  /** Ends it the hard way, as a crash would. */
  async kill() {
    if (this.#process?.exitCode !== null) return;
    const exit = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exit;
  }

  async remove() {
    await this.kill();
    rmSync(this.#data, { recursive: true, force: true });
  }

  /** A call past the dashboard, as another client; the answer's text. */
  async request(method: string, path: string, token?: string, body?: unknown): Promise<string> {
    const response = await fetch(new URL(path, this.#url), {
      method,
      headers: {
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return text;
  }

  async post<T>(path: string, body: unknown, token?: string): Promise<T> {
    return JSON.parse(await this.request("POST", path, token, body)) as T;
  }

  async get<T>(path: string, token: string): Promise<T> {
    return JSON.parse(await this.request("GET", path, token)) as T;
  }

  async activeTasks(token: string): Promise<number> {
    return (await this.get<{ items: unknown[] }>("/api/tasks/active", token)).items.length;
  }

  async signIn(): Promise<string> {
    return (await this.post<{ accessToken: string }>("/api/auth/login", ADMIN)).accessToken;
  }
}

async function listening(child: ChildProcess): Promise<string> {
  const { stdout } = child;
  if (stdout === null) throw new Error("the gateway has no output");
  const found = new Promise<string>((resolve, reject) => {
    createInterface(stdout).on("line", (line) => {
      const address = /listening on (http:\/\/\S+)/.exec(line)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the gateway ended with ${code}`)));
    setTimeout(() => reject(new Error("the gateway does not get ready")), READY_WITHIN).unref();
  });
  return found;
}
