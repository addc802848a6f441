import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { Dashboard, launch } from "./dashboard.ts";
import { ADMIN, Gateway } from "./gateway.ts";

const GUIDE = join(import.meta.dirname, "../../docs/reverse-proxy.md");

const READY_WITHIN = 20_000;

/** nginx as the guide configures it, in front of a gateway that is served under `/sophon`. */
class Proxy {
  readonly #folder = mkdtempSync(join(tmpdir(), "sophon-nginx-"));
  #process: ChildProcess | undefined;
  url = "";

  async start(gateway: string) {
    const port = await freePort();
    const [location, map] = readFileSync(GUIDE, "utf8").matchAll(/```nginx\n([^]*?)```/g);
    const server = location?.[1]?.replace("http://127.0.0.1:8080", gateway);
    const configuration = `
      daemon off; pid ${this.#folder}/pid; error_log stderr; user root;
      events {}
      http {
        access_log off; client_body_temp_path ${this.#folder}/body; proxy_temp_path ${this.#folder}/proxy;
        ${map?.[1]}
        server { listen 127.0.0.1:${port}; ${server} }
      }`;
    const file = join(this.#folder, "nginx.conf");
    writeFileSync(file, configuration);
    this.#process = spawn("nginx", ["-p", this.#folder, "-c", file], { stdio: "inherit" });
    this.url = `http://127.0.0.1:${port}`;
    await vi.waitUntil(() => reaches(`${this.url}/sophon/health`), { timeout: READY_WITHIN });
  }

  async stop() {
    if (this.#process?.exitCode === null) {
      const exit = once(this.#process, "exit");
      this.#process.kill();
      await exit;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function reaches(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

const gateway = new Gateway(() => ({ SOPHON__HTTP__BASE_PATH: "/sophon" }));
const proxy = new Proxy();
let browser: Browser;

beforeAll(async () => {
  await gateway.start();
  await proxy.start(gateway.url);
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
  await proxy.stop();
  await gateway.remove();
});

it("is whole under a path behind a proxy: pages, calls, live events, a reload deep inside", async () => {
  const dashboard = new Dashboard();
  await dashboard.open(browser, gateway);
  const { page } = dashboard;
  const strays: string[] = [];
  page.on("request", (request) => {
    const { origin, pathname } = new URL(request.url());
    if (origin !== proxy.url || !pathname.startsWith("/sophon")) strays.push(request.url());
  });

  await page.goto(`${proxy.url}/sophon/`);
  await page.getByLabel("Email").fill(ADMIN.email);
  await page.getByLabel("Password").fill(ADMIN.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page
    .getByRole("navigation", { name: "Main" })
    .getByRole("link", { name: "Agents" })
    .click();
  await page.waitForURL(`${proxy.url}/sophon/agents`);

  await page.goto(`${proxy.url}/sophon/sessions/new`);
  await dashboard.say("calculate 6*7");
  await page.waitForURL(/\/sophon\/sessions\/ses_/);
  await dashboard.answered();
  await page.reload();
  await dashboard.answered();
  expect(await dashboard.turns("agent").last().innerText()).toContain("42");

  expect(strays).toEqual([]);
  expect(dashboard.complaints).toEqual([]);
  await dashboard.close();
});
