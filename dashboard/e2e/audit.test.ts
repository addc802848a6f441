import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { ADMIN } from "./gateway.ts";
import { onStage } from "./stage.ts";

const { dashboard, open, gateway } = onStage();

it("shows what is done as it is done, narrows it down, and exports what is shown", async () => {
  const { page } = dashboard;
  await page.goto("/audit");
  const entries = page.getByRole("list", { name: "Entries" });
  await entries.getByText("sign_in.create").first().waitFor();
  expect(await entries.getByText("session.create").count()).toBe(0);

  const other = await open();
  await other.signIn();
  await other.begin("calculate 6+6");
  // Nobody reloads the page.
  await entries.getByText("message.send").waitFor();
  const wrong = await fetch(`${gateway.url}/api/auth/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email: ADMIN.email, password: "not the password" }),
  });
  expect(wrong.status).toBe(401);
  await page.getByLabel("Outcome").selectOption({ label: "Denied" });
  const refused = entries.getByRole("listitem");
  await entries.getByText("message.send").waitFor({ state: "detached" });
  await refused.getByText("sign_in.create").waitFor();
  expect(await refused.count()).toBe(1);
  await refused.getByText("sign_in.create").click();
  await refused.getByText("127.0.0.1").waitFor();

  await page.getByLabel("Outcome").selectOption({ label: "Any" });
  await page.getByLabel("Search actions, resources, addresses and emails").fill("message.send");
  await entries.getByText("sign_in.create").first().waitFor({ state: "detached" });
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export NDJSON" }).click();
  const saved = await (await saving).path();
  const lines = (await readFile(saved, "utf8")).trim().split("\n");
  const actions = lines.map((line) => (JSON.parse(line) as { action: string }).action);
  expect(actions).toEqual(["message.send"]);
  expect(lines.join()).not.toContain("calculate 6+6");
});
