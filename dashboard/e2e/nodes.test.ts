import { expect, it } from "vitest";
import { Machine } from "./machine.ts";
import { onStage } from "./stage.ts";

const { dashboard, gateway } = onStage();

/** Registers a node by the form, and gives what is typed on its machine. */
async function registered(name: string): Promise<Machine> {
  const { page } = dashboard;
  await page.goto("/nodes/new");
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Register node" }).click();
  const command = await page.getByText(/sophon-node pair/).innerText();
  const [, node = "", secret = ""] = /--node (\S+) --secret (\S+)/.exec(command) ?? [];
  return new Machine(gateway, node, secret);
}

async function paired(name: string): Promise<Machine> {
  const machine = await registered(name);
  await dashboard.page.getByRole("button", { name: "Approve node" }).click();
  await dashboard.page.getByText("Approved, not paired yet").first().waitFor();
  expect(await machine.pair()).toBe(true);
  await dashboard.page.getByText(`${name} is paired`).waitFor();
  await machine.beat();
  return machine;
}

it("is paired with a code and a secret that is shown once", async () => {
  const { page } = dashboard;
  const machine = await registered("Workshop");
  expect(await machine.pair()).toBe(false);
  expect(await page.getByLabel("Pairing code").innerText()).toMatch(/^\w{3}-\w{3}$/);
  await page.getByRole("button", { name: "Approve node" }).click();
  await page.getByText("Approved, not paired yet").first().waitFor();
  expect(await machine.pair()).toBe(true);
  await page.getByText("Workshop is paired").waitFor();

  await page.getByRole("link", { name: "Open node" }).click();
  await page.getByText("Offline").first().waitFor();
  await machine.beat();
  await page.getByText("Online").first().waitFor();
  expect(await page.getByText(/s_\w{10}/).count()).toBe(0);
});

it("is turned down", async () => {
  const machine = await registered("Stranger");
  await dashboard.page.getByRole("button", { name: "Reject" }).click();
  await dashboard.page.getByText("Rejected").first().waitFor();
  expect(await machine.pair()).toBe(false);
  await dashboard.page.getByRole("link", { name: "register it again" }).click();
  await dashboard.page.getByRole("heading", { name: "New node" }).waitFor();
});

it("does what it is told in the console, within its scopes", async () => {
  const { page } = dashboard;
  const machine = await paired("Desk");
  await page.getByRole("link", { name: "Open node" }).click();
  await page.getByLabel("Parameters").fill("{");
  await page.getByText("This is not valid JSON").waitFor();
  await page.getByLabel("Parameters").fill("{}");
  await page.getByLabel("Command", { exact: true }).selectOption("system.info");
  await page.getByRole("button", { name: "Send" }).click();
  await machine.obey({ hostname: "desk-of-ada" });
  await page.getByText("desk-of-ada").first().waitFor();
  const history = page.getByRole("list", { name: "Command history" });
  await expect.poll(() => history.getByText("Done").count()).toBe(1);

  expect(await page.getByRole("option", { name: "system.execute" }).count()).toBe(0);
  await page.getByRole("tab", { name: "Scopes" }).click();
  await page.getByRole("checkbox", { name: /system\.execute.*Critical risk/ }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Scopes saved").waitFor();
  await page.getByRole("tab", { name: "Console" }).click();
  await page.getByLabel("Command", { exact: true }).selectOption("system.execute");
  expect(await page.getByRole("textbox", { name: "Parameters" }).inputValue()).toContain("argv");
  expect(await dashboard.faults()).toEqual([]);
});

it("is revoked only after a question", async () => {
  const { page } = dashboard;
  const machine = await paired("Attic");
  await page.getByRole("link", { name: "Open node" }).click();
  await page.getByRole("button", { name: "Node actions" }).click();
  await page.getByRole("menuitem", { name: "Revoke" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await page.waitForURL("**/nodes");
  await expect.poll(() => page.getByRole("link", { name: /Attic/ }).count()).toBe(0);
  await expect(machine.beat()).rejects.toThrow("401");
});

it("is told of in the tray when it comes", async () => {
  const { page } = dashboard;
  await paired("Garage");
  await page.getByRole("button", { name: /Notifications [1-9]\d* unread/ }).click();
  await page.getByRole("dialog", { name: "Notifications" }).getByText("Garage is online").waitFor();
  expect(await dashboard.faults()).toEqual([]);
});
