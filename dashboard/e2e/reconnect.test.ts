import { expect, it } from "vitest";
import { onStage } from "./stage.ts";

const { dashboard, gateway } = onStage();

it("catches up after the gateway was killed and came back", async () => {
  const { page } = dashboard;
  await dashboard.begin("calculate 2*3");

  // The other pages are fetched when the first one has settled.
  await page.waitForFunction(() =>
    performance.getEntriesByType("resource").some(({ name }) => /nodes-page.*js/.test(name)),
  );
  await page.waitForLoadState("networkidle");
  await gateway.kill();
  await page.getByText("The gateway doesn’t answer.").waitFor();

  // While it is down, a message cannot be sent, and says so.
  await dashboard.say("calculate 100+1");
  await page.getByText("Can’t reach the gateway.").waitFor();

  // It is said on every page, and every page is there.
  const session = page.url();
  for (const name of ["Nodes", "Discussions", "Settings", "Approvals"]) {
    await page.getByRole("link", { name }).click();
    await page.getByRole("heading", { name, level: 1 }).waitFor();
    expect(await page.getByText("The gateway doesn’t answer.").isVisible()).toBe(true);
  }
  for (let steps = 0; steps < 4; steps += 1) await page.goBack();
  expect(page.url()).toBe(session);
  await page.getByRole("button", { name: "Send again" }).waitFor();

  // Something happens elsewhere before the page is back.
  await gateway.start();
  const token = await gateway.signIn();
  const body = { sessionId: dashboard.sessionId, content: "calculate 100+2" };
  await gateway.post("/api/chat", body, token);

  await dashboard.hurry();
  await page.getByText("102", { exact: true }).waitFor();
  await page.getByText("The gateway doesn’t answer.").waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Send again" }).click();
  await page.getByText("101", { exact: true }).waitFor();

  expect(await dashboard.turns("user").allInnerTexts()).toEqual([
    expect.stringContaining("2*3"),
    expect.stringContaining("100+2"),
    expect.stringContaining("100+1"),
  ]);
  expect(await dashboard.turns("agent").count()).toBe(3);
});

it("tells a machine without a network from a gateway that is away", async () => {
  const { page } = dashboard;
  await page.context().setOffline(true);
  await page.getByText("You’re offline.").waitFor();
  await page.context().setOffline(false);
  await dashboard.hurry();
  await page.getByText("You’re offline.").waitFor({ state: "hidden" });
});
