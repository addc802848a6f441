import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Dashboard, launch } from "./dashboard.ts";
import { Gateway } from "./gateway.ts";

const BINARY =
  process.env.OIDC_SERVER_BIN ?? join(import.meta.dirname, "../../target/debug/oidc-server");

/** The identity provider of the test kit, at which somebody has signed in. */
class Provider {
  #process: ChildProcess | undefined;
  url = "";

  async start() {
    const child = spawn(BINARY, [], { stdio: ["ignore", "pipe", "inherit"] });
    this.#process = child;
    this.url = await new Promise((resolve, reject) => {
      createInterface({ input: child.stdout }).on("line", (line) => {
        resolve(line.slice("listening on ".length));
      });
      child.once("exit", () => {
        reject(new Error("the provider ended"));
      });
    });
  }

  stop() {
    this.#process?.kill("SIGKILL");
  }
}

describe("signing in at an identity provider", () => {
  const provider = new Provider();
  let publicUrl = "http://127.0.0.1";
  const gateway = new Gateway(() => ({
    SOPHON__HTTP__PUBLIC_URL: publicUrl,
    SOPHON__AUTH__OIDC: JSON.stringify([
      {
        id: "example",
        name: "Example",
        issuer: provider.url,
        client_id: "sophon",
        client_secret: "client secret: with & signs",
        default_role: "Operator",
      },
    ]),
  }));
  const dashboard = new Dashboard();
  let browser: Browser;

  beforeAll(async () => {
    await provider.start();
    await gateway.start();
    // The address is known by now: the provider sends browsers back to it.
    publicUrl = gateway.url;
    await gateway.kill();
    await gateway.start();
    browser = await launch();
  });

  afterAll(async () => {
    await browser.close();
    await gateway.remove();
    provider.stop();
  });

  beforeEach(async () => {
    await dashboard.open(browser, gateway);
  });

  it("takes one button, and leads to where one wanted to", async () => {
    const { page } = dashboard;
    await page.goto("/settings");
    await page.getByRole("button", { name: "Sign in with Example" }).waitFor();
    expect(await dashboard.faults()).toEqual([]);
    await page.getByRole("button", { name: "Sign in with Example" }).click();
    await page.getByRole("link", { name: "Continue as Grace Hopper" }).click();
    await page.getByText("grace@example.com").first().waitFor();
    await page.waitForURL(`${gateway.url}/settings`);
    expect(await page.context().cookies()).toEqual([]);

    // Signing out ends the sign-in at the provider, which sends the browser back.
    const left = page.waitForRequest((request) =>
      request.url().startsWith(`${provider.url}/sign-out`),
    );
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await left;
    await page.getByRole("button", { name: "Sign in with Example" }).waitFor();
  });

  it("says in plain words when it does not work", async () => {
    const { page } = dashboard;
    await page.goto("/sign-in/example?state=made-up&code=made-up");
    await page.getByRole("heading", { name: "You’re not signed in" }).waitFor();
    await page.getByRole("alert").getByText("was not begun in this browser").waitFor();
    expect(new URL(page.url()).search).toBe("");
    expect(await dashboard.faults()).toEqual([]);
    await page.getByRole("link", { name: "Back to sign-in" }).click();
    await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
  });

  it("connects an account that is there with its password", async () => {
    const { page } = dashboard;
    const token = await gateway.signIn();
    const users = await gateway.get<{ items: { id: string; email: string }[] }>(
      "/api/admin/users",
      token,
    );
    const grace = users.items.find((user) => user.email === "grace@example.com");
    // Without the account of the first test somebody else has hers.
    await gateway.request("DELETE", `/api/admin/users/${grace?.id ?? ""}`, token);
    await gateway.post(
      "/api/admin/users",
      { email: "grace@example.com", name: "Grace", role: "Viewer", password: "first of two words" },
      token,
    );
    await page.goto("/");
    await page.getByRole("button", { name: "Sign in with Example" }).click();
    await page.getByRole("link", { name: "Continue as Grace Hopper" }).click();
    await page.getByRole("heading", { name: "Connect your account" }).waitFor();
    expect(await dashboard.faults()).toEqual([]);
    await page.getByRole("link", { name: "Sign in with your password" }).click();
    await page.getByText("Sign in with your password once.").waitFor();
    await page.getByLabel("Email").fill("grace@example.com");
    await page.getByLabel("Password").fill("first of two words");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("heading", { name: "Choose your password" }).waitFor();

    await dashboard.open(browser, gateway);
    await dashboard.page.goto("/settings");
    await dashboard.page.getByRole("button", { name: "Sign in with Example" }).click();
    await dashboard.page.getByRole("link", { name: "Continue as Grace Hopper" }).click();
    // The password is still somebody else's choice for those who sign in with it.
    await dashboard.page.waitForURL(`${gateway.url}/settings`);
  });
});
