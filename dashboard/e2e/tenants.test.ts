import { expect, it } from "vitest";
import { onStage } from "./stage.ts";

const { dashboard, open } = onStage();

const NEW_PASSWORD = "purple giraffe under water";

it("makes a tenant, adds a person, who switches between two, and deletes it with all that it has", async () => {
  const { page } = dashboard;
  await page.goto("/tenants");
  await page.getByText("main tenant").waitFor();
  await page.getByRole("button", { name: "New tenant" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Acme Inc.");
  expect(await dialog.getByLabel("Slug").inputValue()).toBe("acme-inc");
  await dialog.getByLabel("Administrator’s email").fill("mia@example.org");
  await dialog.getByLabel("Administrator’s name").fill("Mia");
  await page.getByRole("button", { name: "Create tenant" }).click();
  const first = await dialog.locator("code").innerText();
  await page.getByRole("button", { name: "Done" }).click();

  const mia = await open();
  await mia.page.goto("/");
  await mia.page.getByLabel("Email").fill("mia@example.org");
  await mia.page.getByLabel("Password").fill(first);
  await mia.page.getByRole("button", { name: "Sign in" }).click();
  await mia.page.getByLabel("New password").fill(NEW_PASSWORD);
  await mia.page.getByLabel("The same again").fill(NEW_PASSWORD);
  await mia.page.getByRole("button", { name: "Save and sign in" }).click();
  await mia.page.getByRole("navigation", { name: "Main" }).waitFor();
  // What all tenants share is none of hers.
  expect(await mia.page.getByRole("link", { name: "Tenants" }).count()).toBe(0);
  expect(await mia.page.getByRole("link", { name: "Jobs" }).count()).toBe(0);
  expect(await mia.page.getByRole("button", { name: /^Switch tenant/ }).count()).toBe(0);
  await mia.begin("calculate 6+6");

  // She becomes a member of the first tenant, too.
  await page.getByRole("link", { name: "Default" }).click();
  await page.getByRole("button", { name: "Add user" }).click();
  await dialog.getByLabel("Email").fill("mia@example.org");
  await dialog.getByRole("button", { name: "Add user" }).click();
  await page.getByText("account in another tenant").waitFor();
  await mia.page.reload();
  await mia.page.getByRole("button", { name: "Switch tenant, current: Acme Inc." }).click();
  await mia.page.getByRole("dialog").getByRole("button", { name: "Open Default" }).click();
  await mia.page.getByRole("button", { name: "Switch tenant, current: Default" }).waitFor();
  await mia.page.getByText("Live").waitFor();
  expect(await mia.page.getByText("calculate 6+6").count()).toBe(0);

  await page.getByRole("link", { name: "All tenants" }).click();
  await page.getByRole("link", { name: "Acme Inc." }).click();
  await page.getByRole("button", { name: "Disable" }).click();
  await dialog.getByRole("button", { name: "Disable" }).click();
  await page.getByRole("button", { name: "Enable" }).waitFor();
  await page.getByRole("button", { name: "Delete" }).click();
  await dialog.getByText("This cannot be undone").waitFor();
  await dialog.getByLabel("Type acme-inc to confirm").fill("acme-inc");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await page.getByText("This tenant no longer exists").waitFor();
  // Her account goes on in the other one.
  await mia.page.reload();
  await mia.page.getByRole("navigation", { name: "Main" }).waitFor();
});
