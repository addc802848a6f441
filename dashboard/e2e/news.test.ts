import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Dashboard, launch } from "./dashboard.ts";
import { Gateway } from "./gateway.ts";

const gateway = new Gateway();
let browser: Browser;

beforeAll(async () => {
  await gateway.start();
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
  await gateway.remove();
});

it("tells an announcement to all who are on, and a critical one until it is dismissed", async () => {
  const admin = await Dashboard.open(browser, gateway);
  const reader = await Dashboard.open(browser, gateway);
  await admin.signIn();
  await reader.signIn();

  await admin.page.goto("/settings");
  await admin.page.getByRole("button", { name: "Announce" }).click();
  const form = admin.page.getByRole("dialog", { name: "Announce" });
  await form.getByLabel("Title").fill("Maintenance");
  await form.getByLabel("Text").fill("At noon we move house.");
  await form.getByLabel("Weight").selectOption("critical");
  await form.getByRole("button", { name: "Tell everybody" }).click();

  await reader.page.getByText("Maintenance: At noon we move house.").waitFor();
  await reader.page.getByRole("button", { name: "Dismiss" }).click();
  await reader.page.getByRole("button", { name: "News 1 unread" }).click();
  const tray = reader.page.getByRole("dialog", { name: "News" });
  await tray.getByRole("heading", { name: "Maintenance" }).waitFor();
  await reader.page.keyboard.press("Escape");
  await reader.page.getByRole("button", { name: "News", exact: true }).waitFor();

  expect([...admin.complaints, ...reader.complaints]).toEqual([]);
  await admin.close();
  await reader.close();
});
