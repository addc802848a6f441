import { expect, it } from "vitest";
import { onStage } from "./stage.ts";

const { dashboard, open } = onStage();

const NEW_PASSWORD = "purple giraffe under water";

it("makes a user, who chooses a password and sees what the role allows", async () => {
  const { page } = dashboard;
  await page.goto("/users");
  await page.getByRole("button", { name: "New role" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Support");
  await page.getByRole("dialog").getByLabel("SendMessages").check();
  await page.getByRole("button", { name: "Create role" }).click();
  await page.getByRole("list", { name: "Roles" }).getByText("Support").waitFor();

  await page.getByRole("button", { name: "New user" }).click();
  await page.getByRole("dialog").getByLabel("Email").fill("Bob@example.org");
  await page.getByRole("dialog").getByLabel("Name").fill("Bob");
  await page.getByRole("dialog").getByLabel("Role").selectOption({ label: "Support" });
  await page.getByRole("button", { name: "Create user" }).click();
  const first = await page.getByRole("dialog").locator("code").innerText();
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByText("has to change the first password").waitFor();

  const bob = await open();
  await bob.page.goto("/");
  await bob.page.getByLabel("Email").fill("bob@example.org");
  await bob.page.getByLabel("Password").fill(first);
  await bob.page.getByRole("button", { name: "Sign in" }).click();
  await bob.page.getByRole("heading", { name: "Choose your password" }).waitFor();
  await bob.page.getByLabel("New password").fill(NEW_PASSWORD);
  await bob.page.getByLabel("The same again").fill("something else");
  await bob.page.getByText("The two are not the same.").waitFor();
  await bob.page.getByLabel("The same again").fill(NEW_PASSWORD);
  await bob.page.getByRole("button", { name: "Save and sign in" }).click();
  await bob.page.getByRole("navigation", { name: "Main" }).waitFor();
  expect(await bob.page.getByRole("link", { name: "Users" }).count()).toBe(0);
  await bob.begin("calculate 6+6");

  await page.reload();
  await page.getByRole("button", { name: "Edit Bob" }).click();
  await page.getByRole("dialog").getByLabel("Access").selectOption({ label: "Suspended" });
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("list", { name: "Users" }).getByText("suspended").waitFor();
  await bob.page.getByRole("heading", { name: "Sign in to Sophon" }).waitFor();

  await page.getByRole("button", { name: "Delete Bob" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete Bob" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Delete Support" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete Support" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  // Bob's session is the administrator's now.
  await page.goto("/");
  await page.getByText("calculate 6+6").first().waitFor();
});

it("tells why the last administrator stays", async () => {
  const { page } = dashboard;
  await page.goto("/users");
  await page
    .getByRole("button", { name: /^Edit / })
    .first()
    .click();
  await page.getByRole("dialog").getByLabel("Role").selectOption({ label: "Viewer" });
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("This is the last administrator").waitFor();
});

it("has no accessibility faults", async () => {
  await dashboard.page.goto("/users");
  await dashboard.page.getByRole("list", { name: "Roles" }).waitFor();
  expect(await dashboard.faults()).toEqual([]);
});
