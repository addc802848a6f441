import { expect, it } from "vitest";
import { onStage } from "./stage.ts";

const { dashboard, gateway } = onStage();

interface Sessions {
  items: { title: string }[];
}

async function titles(): Promise<string[]> {
  const token = await gateway.signIn();
  const list = JSON.parse(await gateway.request("GET", "/api/sessions", token)) as Sessions;
  return list.items.map(({ title }) => title);
}

it("tries an agent beside its settings, and leaves no session behind", async () => {
  const { page } = dashboard;
  await page.goto("/agents/sophon");
  await page.getByRole("button", { name: "Try it" }).click();
  const trial = page.getByRole("complementary", { name: "Try it" });
  await trial.getByText("Talk to the agent as it is saved.").waitFor();
  await trial.getByLabel("Message").fill("calculate 6*7");
  await page.keyboard.press("Enter");
  await trial.getByText("The result is 42.").waitFor();
  expect(await dashboard.faults()).toEqual([]);
  await expect.poll(titles).toContain("Trial of Sophon");
  await trial.getByRole("button", { name: "Start over" }).click();
  await expect.poll(() => trial.getByText("The result is 42.").count()).toBe(0);
  await expect.poll(titles).not.toContain("Trial of Sophon");
  await trial.getByLabel("Message").fill("calculate 1+1");
  await trial.getByRole("button", { name: "Send" }).click();
  await trial.getByText("The result is 2.").waitFor();
  await trial.getByRole("button", { name: "Close" }).click();
  await expect.poll(titles).not.toContain("Trial of Sophon");
});

it("says what each part of an agent does", async () => {
  const { page } = dashboard;
  await page.goto("/agents/sophon");
  await page.getByRole("tab", { name: "Instructions" }).click();
  await page.getByText("The agent reads it before every answer.").waitFor();
  await page.getByRole("tab", { name: "First run" }).click();
  await page.getByText("The agent reads it before its first answer only.").waitFor();
  await page.getByRole("tab", { name: "Tools" }).click();
  await page.getByText("What the agent may do besides writing.").waitFor();
  expect(await dashboard.faults()).toEqual([]);
});
