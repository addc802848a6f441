import { expect, it } from "vitest";
import { ADMIN } from "./gateway.ts";
import { onStage } from "./stage.ts";

const { dashboard, open, gateway } = onStage();

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
  await page.getByText("has to change the password").waitFor();

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
  const remove = page.getByRole("dialog").getByRole("button", { name: "Delete Bob" });
  await remove.click();
  // Nobody gets what was somebody's without being chosen.
  await page.getByText("Bob has 1 session. Nothing has been deleted yet.").waitFor();
  const heir = page.getByRole("dialog").getByLabel("Hand over to");
  expect(await heir.inputValue()).toBe("");
  const offered = await heir.getByRole("option").allInnerTexts();
  expect(offered).toEqual(["Choose a user", `Administrator (${ADMIN.email}), Admin`]);
  await heir.selectOption({ index: 1 });
  await remove.click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Delete Support" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete Support" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  // Bob's session is the administrator's now.
  await page.goto("/");
  await page.getByText("calculate 6+6").first().waitFor();
});

it("replaces a forgotten password, and shows people who only read no message box", async () => {
  const { page } = dashboard;
  await page.goto("/users");
  await page.getByRole("button", { name: "New user" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Email").fill(ADMIN.email);
  await dialog.getByLabel("Name").fill("Vera");
  await page.getByRole("button", { name: "Create user" }).click();
  await dialog.getByRole("alert").waitFor();
  await dialog.getByLabel("Email").fill("vera@example.org");
  await page.getByRole("button", { name: "Create user" }).click();
  await page.getByRole("button", { name: "Done" }).click();

  await page.getByRole("button", { name: "Edit Vera" }).click();
  await dialog.getByRole("button", { name: "Reset password" }).click();
  await dialog.getByRole("button", { name: "Reset password" }).click();
  const first = await dialog.locator("code").innerText();
  await page.getByRole("button", { name: "Done" }).click();

  const vera = await open();
  const refused: string[] = [];
  vera.page.on("response", (response) => {
    if (response.status() >= 400) refused.push(response.url());
  });
  await vera.page.goto("/");
  await vera.page.getByLabel("Email").waitFor();
  expect(refused).toEqual([]);
  await vera.page.getByLabel("Email").fill("vera@example.org");
  await vera.page.getByLabel("Password").fill(first);
  await vera.page.getByRole("button", { name: "Sign in" }).click();
  await vera.page.getByLabel("New password").fill(NEW_PASSWORD);
  await vera.page.getByLabel("The same again").fill(NEW_PASSWORD);
  await vera.page.getByRole("button", { name: "Save and sign in" }).click();
  await vera.page.getByRole("navigation", { name: "Main" }).waitFor();
  await vera.page.goto("/sessions/new");
  await vera.page.getByRole("note").filter({ hasText: "not send messages" }).waitFor();
  expect(await vera.page.getByLabel("Message").count()).toBe(0);
  expect(await vera.page.getByRole("list", { name: "Suggestions" }).count()).toBe(0);
  expect(await vera.faults()).toEqual([]);
  for (const path of ["/models", "/welcome"]) {
    await vera.page.goto(path);
    await vera.page.getByText("Model providers are managed by others").waitFor();
    expect(await vera.page.getByRole("button", { name: "Add provider" }).count()).toBe(0);
  }
  expect(refused).toEqual([]);
});

it("puts a refusal at the field that it is about, and explains permissions", async () => {
  const { page } = dashboard;
  await page.setViewportSize({ width: 390, height: 700 });
  await page.goto("/users");
  await page.getByRole("button", { name: "New role" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Viewer");
  await dialog.getByRole("group", { name: "People" }).getByLabel("See users and roles").check();
  const create = dialog.getByRole("button", { name: "Create role" });
  // It stays in sight below a list that does not fit.
  const place = await create.boundingBox();
  expect(place && place.y + place.height).toBeLessThan(700);
  await create.click();
  const wrong = dialog.getByRole("alert");
  await wrong.waitFor();
  expect(await wrong.innerText()).toBe("A built-in role has this name.");
  expect(await dialog.getByLabel("Name").getAttribute("aria-invalid")).toBe("true");
  expect(await dashboard.faults()).toEqual([]);
});

it("does not undo what somebody else changed in a role unless one says so", async () => {
  const { page } = dashboard;
  const token = await gateway.signIn();
  const made = { name: "Editors", permissions: ["SendMessages"] };
  const { id } = await gateway.post<{ id: string }>("/api/admin/roles", made, token);
  await page.goto("/users");
  await page.getByRole("button", { name: "Edit Editors" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Authors");
  await gateway.request("PATCH", `/api/admin/roles/${id}`, token, { permissions: [] });
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("Someone else changed this after you opened it.").waitFor();
  expect(await dialog.getByLabel("Name").inputValue()).toBe("Authors");
  expect(await gateway.request("GET", `/api/admin/roles/${id}`, token)).toContain("Editors");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  const saved = await gateway.request("GET", `/api/admin/roles/${id}`, token);
  expect(JSON.parse(saved)).toMatchObject({ name: "Authors", permissions: ["SendMessages"] });
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
