import { describe, expect, it } from "vitest";
import { onStage } from "./stage.ts";

const { dashboard, gateway, open } = onStage();

it("refuses a wrong password with the reason and a request id", async () => {
  const stranger = await open();
  await stranger.page.goto("/");
  await stranger.page.getByLabel("Email").fill("ada@example.org");
  await stranger.page.getByLabel("Password").fill("wrong");
  await stranger.page.getByRole("button", { name: "Sign in" }).click();
  expect(await stranger.page.getByRole("alert").innerText()).toMatch(/Request/);
});

it("renews a sign-in that has run out", async () => {
  const { page } = dashboard;
  // Away from the dashboard: a page that renews by itself and is left before the answer arrives ends the sign-in.
  await page.goto("/health");
  await page.evaluate(() => {
    const key = "sophon.credentials";
    const held = JSON.parse(localStorage.getItem(key) ?? "{}") as object;
    localStorage.setItem(key, JSON.stringify({ ...held, accessToken: "run-out" }));
  });
  await page.goto("/");
  await page.getByRole("button", { name: "Live" }).waitFor();
  await dashboard.begin("calculate 6+6");
});

it("signs out", async () => {
  await dashboard.page.goto("/settings");
  await dashboard.page.getByRole("button", { name: "Sign out", exact: true }).first().click();
  await dashboard.page.getByRole("heading", { name: "Sign in to Sophon" }).waitFor();
});

describe("agents", () => {
  it("are made, described and given a soul that stays", async () => {
    const { page } = dashboard;
    await page.goto("/agents/new");
    await page.getByLabel("Name").fill("Librarian");
    await page.getByRole("button", { name: "Create agent" }).click();
    await page.getByRole("heading", { name: "Librarian" }).waitFor();

    await page.getByLabel("Description").fill("Finds and keeps sources");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Agent saved").waitFor();

    await page.getByRole("tab", { name: "Instructions" }).click();
    await page.getByRole("textbox", { name: "SOUL.md" }).fill("You are **quiet**.");
    await page.keyboard.press("Control+s");
    await page.getByText("SOUL.md saved").waitFor();

    await page.reload();
    await page.getByRole("tab", { name: "Instructions" }).click();
    const soul = page.getByRole("textbox", { name: "SOUL.md" });
    await expect.poll(() => soul.inputValue()).toBe("You are **quiet**.");
    await page.getByRole("tab", { name: "Profile" }).click();
    expect(await page.getByLabel("Description").inputValue()).toBe("Finds and keeps sources");
  });

  it("use the tools they are allowed", async () => {
    const { page } = dashboard;
    await page.goto("/agents/new");
    await page.getByLabel("Name").fill("Counter");
    await page.getByRole("button", { name: "Create agent" }).click();
    await page.getByRole("tab", { name: "Tools" }).click();
    await page.getByRole("button", { name: "Remove pattern *" }).click();
    await page.getByRole("checkbox", { name: /calculator/ }).check();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Tools saved").waitFor();

    await page.reload();
    await page.getByRole("tab", { name: "Tools" }).click();
    await expect.poll(() => page.getByRole("checkbox", { checked: true }).count()).toBe(1);
  });
});

describe("tasks", () => {
  it("are listed with what they did", async () => {
    const { page } = dashboard;
    await dashboard.begin("calculate 12*12");
    await page.getByRole("link", { name: "Tasks" }).click();
    await page.getByRole("button", { name: /12\*12/ }).click();
    const drawer = page.getByRole("dialog", { name: "Task" });
    await drawer.getByText("calculator").click();
    await drawer.getByText("144", { exact: true }).waitFor();
    await page.keyboard.press("Escape");
    await drawer.waitFor({ state: "hidden" });
  });
});

describe("API tokens", () => {
  it("are shown once and work until they are revoked", async () => {
    const { page } = dashboard;
    await page.goto("/settings");
    await page.getByRole("button", { name: "New token" }).click();
    await page.getByLabel("Name").fill("CI");
    await page.getByRole("button", { name: "Create token" }).click();
    const token = await page.getByRole("dialog").locator("code").innerText();
    expect(token).toMatch(/^sk_/);
    await page.getByRole("button", { name: "Done" }).click();
    expect(await page.getByText(token).count()).toBe(0);

    const me = () =>
      fetch(new URL("/api/auth/me", gateway.url), {
        headers: { authorization: `Bearer ${token}` },
      });
    expect((await me()).status).toBe(200);
    await page.getByRole("button", { name: "Revoke CI", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    expect((await me()).status).toBe(401);
  });
});

describe("an API token with few permissions", () => {
  it("is made and listed with what it may do, and can do no more", async () => {
    const { page } = dashboard;
    await page.goto("/settings");
    await page.getByRole("button", { name: "New token" }).click();
    await page.getByLabel("Name").fill("Reporter");
    await page.getByLabel("Only these").check();
    await page.getByText("only reads what you can read").waitFor();
    await page.getByLabel("SendMessages").check();
    expect(await dashboard.faults()).toEqual([]);
    await page.getByRole("button", { name: "Create token" }).click();
    const made = page.getByRole("dialog", { name: "Your new token" });
    const token = await made.locator("code").innerText();
    await page.getByRole("button", { name: "Done" }).click();
    const entry = page.getByRole("listitem").filter({ hasText: "Reporter" });
    expect(await entry.innerText()).toContain("may SendMessages");

    const authorization = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const post = async (path: string, body: object) => {
      const request = { method: "POST", headers: authorization, body: JSON.stringify(body) };
      return (await fetch(new URL(path, gateway.url), request)).status;
    };
    expect(await post("/api/chat", { content: "calculate 1+1" })).toBe(202);
    expect(await post("/api/agents", { name: "Spy", slug: "spy" })).toBe(403);
  });
});

/** The pages that need nothing to be there first, and what their windows are called. */
const TITLES = {
  "/": "Sessions",
  "/sessions/new": "New session",
  "/approvals": "Approvals",
  "/agents/sophon": "Sophon",
  "/tasks": "Tasks",
  "/discussions": "Discussions",
  "/discussions/new": "New discussion",
  "/nodes": "Nodes",
  "/nodes/new": "New node",
  "/settings": "Settings",
};
const PAGES = Object.keys(TITLES);

describe("a page", () => {
  it("gives its window a name", async () => {
    for (const [path, title] of Object.entries(TITLES)) {
      await dashboard.page.goto(path);
      await expect.poll(() => dashboard.page.title(), { message: path }).toBe(`${title} · Sophon`);
    }
  });

  it("that is not there shows the way out", async () => {
    for (const [path, label, way] of [
      ["/sessions/ses_none", "Start a new chat", "/"],
      ["/discussions/disc_none", "All discussions", "/discussions"],
      ["/nodes/node_none", "All nodes", "/nodes"],
      ["/agents/none", "All agents", "/agents"],
    ] as const) {
      await dashboard.page.goto(path);
      await dashboard.page.getByRole("main").getByRole("link", { name: label }).click();
      await dashboard.page.waitForURL(way);
    }
  });

  it("that is empty shows the first step", async () => {
    for (const [path, label, heading] of [
      ["/discussions", "Start the first one", "New discussion"],
      ["/nodes", "Register the first one", "New node"],
    ] as const) {
      await dashboard.page.goto(path);
      await dashboard.page.getByRole("link", { name: label }).click();
      await dashboard.page.getByRole("heading", { name: heading }).waitFor();
    }
  });
});

describe("the look", () => {
  const background = () =>
    dashboard.page.evaluate(() => getComputedStyle(document.body).backgroundColor);

  it("is chosen and kept", async () => {
    await dashboard.page.goto("/settings");
    await dashboard.page.getByLabel("Dark").check();
    const dark = await background();
    await dashboard.page.reload();
    await dashboard.page.getByRole("heading", { name: "Settings" }).waitFor();
    expect(await background()).toBe(dark);
    await dashboard.page.getByLabel("Light").check();
    expect(await background()).not.toBe(dark);
  });

  it("fits a window 360 pixels wide", async () => {
    await dashboard.begin("calculate 7*7");
    await dashboard.page.setViewportSize({ width: 360, height: 740 });
    for (const path of [dashboard.page.url(), ...PAGES]) {
      await dashboard.page.goto(path);
      await dashboard.page.locator("#main").waitFor({ state: "attached" });
      const overflow = await dashboard.page.evaluate(
        () => document.documentElement.scrollWidth - window.innerWidth,
      );
      expect(overflow, path).toBeLessThanOrEqual(0);
    }
  });

  it.each(["light", "dark"] as const)("has no accessibility fault in %s", async (colorScheme) => {
    const { page } = dashboard;
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await dashboard.begin("calculate 11*11");
    for (const path of [page.url(), ...PAGES]) {
      await page.goto(path);
      await page.waitForLoadState("networkidle");
      expect(await dashboard.faults(), path).toEqual([]);
    }
  });

  it("has no accessibility fault in what opens", async () => {
    const { page } = dashboard;
    await page.emulateMedia({ reducedMotion: "reduce" });
    await dashboard.begin("calculate 13*13");
    await dashboard.turns("agent").last().getByText("calculator").click();
    await page.getByRole("button", { name: "Session actions" }).click();
    expect(await dashboard.faults(), "menu").toEqual([]);
    await page.getByRole("menuitem", { name: "Rename" }).click();
    expect(await dashboard.faults(), "dialog").toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Tasks" }).click();
    await page.getByRole("button", { name: /13\*13/ }).click();
    await page.getByRole("dialog").getByText("Tokens").waitFor();
    expect(await dashboard.faults(), "drawer").toEqual([]);
  });
});
