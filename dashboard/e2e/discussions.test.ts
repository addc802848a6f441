import { expect, it } from "vitest";
import { onStage } from "./stage.ts";

const { dashboard, model } = onStage({ scripted: true });

const VERDICT = {
  recommendation: "Tea",
  reasoning: "It was argued better.",
  confidence: 0.75,
  keyPoints: ["It is warm"],
  dissent: ["Coffee is warm too"],
};

/** Makes a discussion of one round between two personas, and starts a run. */
async function begun() {
  const { page } = dashboard;
  await page.goto("/discussions/new");
  await page.getByLabel("Topic").fill("Tea or coffee?");
  await page.getByLabel("Rounds").fill("1");
  await page.getByRole("button", { name: "Create discussion" }).click();
  await page.getByRole("heading", { name: "Tea or coffee?" }).waitFor();
  await page.getByRole("button", { name: "Start run" }).click();
  await page.waitForURL("**/runs/*");
}

async function say(text: string) {
  const answer = await model.next();
  answer.say(text);
  answer.end();
}

it("is followed live, side by side, to its verdict, and found again", async () => {
  const { page } = dashboard;
  await begun();
  const round = page.getByRole("region", { name: "Round 1" });
  await expect.poll(() => round.getByText("Running").count()).toBe(2);
  await say("I am for **it**");
  await round.getByText("I am for it").waitFor();
  await say("I am against it");
  await round.getByText("I am against it").waitFor();
  await page.getByText("is weighing the arguments").waitFor();
  await say(JSON.stringify(VERDICT));
  const verdict = page.getByRole("region", { name: "Verdict of Judge" });
  await verdict.getByText("Tea", { exact: true }).waitFor();
  await verdict.getByText("75% confident").waitFor();
  await verdict.getByText("Coffee is warm too").waitFor();
  expect(await dashboard.faults()).toEqual([]);

  await page.getByRole("link", { name: "Back to discussion" }).click();
  await page.getByRole("link", { name: /Done.*Tea/ }).waitFor();
});

it("goes on without a turn that is ended, and is cancelled as a whole", async () => {
  const { page } = dashboard;
  await begun();
  const round = page.getByRole("region", { name: "Round 1" });
  await round.getByRole("button", { name: "End For’s turn" }).click();
  await round.getByText("Cancelled").waitFor();
  await page.getByRole("button", { name: "Cancel run" }).click();
  await expect.poll(() => page.getByText("Cancelled").count()).toBeGreaterThan(1);
});
