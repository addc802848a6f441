import { expect, it } from "vitest";
import { onStage } from "./stage.ts";

const { dashboard, open, gateway } = onStage();

it("shares a session by a link, which shows what is said until it is taken back", async () => {
  const { page } = dashboard;
  await dashboard.begin("calculate 6*7");
  await page.getByText("The result is 42.").waitFor();
  await dashboard.choose("Share");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Only those who take part can open this session.").waitFor();
  await dialog.getByRole("button", { name: "Create link" }).click();
  const link = await dialog.locator("code").innerText();
  await page.keyboard.press("Escape");

  const { page: visitor } = await open();
  await visitor.goto(new URL(link).pathname);
  await visitor.getByRole("heading", { name: "calculate 6*7", level: 1 }).waitFor();
  await visitor.getByText("The result is 42.").waitFor();
  expect(await visitor.getByText("calculator").count()).toBe(0);
  expect(await visitor.getByRole("textbox").count()).toBe(0);
  // What is said now appears without a reload.
  await dashboard.say("calculate 1+1");
  await visitor.getByText("The result is 2.").waitFor();

  await dashboard.choose("Share");
  await page.getByRole("dialog").getByRole("button", { name: "Stop sharing" }).click();
  await visitor.getByText("This session is not shared").waitFor();
  await visitor.reload();
  await visitor.getByText("This session is not shared").waitFor();
  expect(await visitor.getByText("The result is 42.").count()).toBe(0);
});

it("shows the shared page to signed-in people who take no part", async () => {
  const { page } = dashboard;
  await dashboard.begin("calculate 6*7");
  await dashboard.choose("Share");
  await page.getByRole("dialog").getByRole("button", { name: "Create link" }).click();
  await page.getByRole("dialog").locator("code").waitFor();
  const bob = { email: "bob@example.org", password: "purple giraffe under water" };
  const user = { ...bob, name: "Bob", role: "Operator" };
  await gateway.post("/api/admin/users", user, await gateway.signIn());

  const { page: bobs } = await open();
  await bobs.goto("/");
  await bobs.getByLabel("Email").fill(bob.email);
  await bobs.getByLabel("Password").fill(bob.password);
  await bobs.getByRole("button", { name: "Sign in" }).click();
  await bobs.getByLabel("New password").fill("green giraffe above water");
  await bobs.getByLabel("The same again").fill("green giraffe above water");
  await bobs.getByRole("button", { name: "Save and sign in" }).click();
  await bobs.getByRole("navigation", { name: "Main" }).waitFor();
  await bobs.goto(`/sessions/${dashboard.sessionId}`);
  await bobs.waitForURL(`**/shared/${dashboard.sessionId}`);
  await bobs.getByText("The result is 42.").waitFor();
});
