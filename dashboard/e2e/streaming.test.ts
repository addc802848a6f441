import { beforeEach, expect, it } from "vitest";
import { onStage } from "./stage.ts";

const { dashboard, gateway, model } = onStage({ scripted: true });

beforeEach(async () => {
  await dashboard.page.goto("/sessions/new");
  await dashboard.say("Tell me something");
});

const answered = (text: string) =>
  expect.poll(() => dashboard.turns("agent").last().locator("p").allInnerTexts()).toEqual([text]);

it("shows an answer as it grows", async () => {
  const answer = await model.next();
  await dashboard.page.getByText("is thinking").waitFor();
  answer.say("Bread needs **flour**");
  await answered("Bread needs flour");
  await dashboard.page.getByText("is writing").waitFor();
  answer.say(", water and time.");
  await answered("Bread needs flour, water and time.");
  answer.end();
  await dashboard.answered();
  await answered("Bread needs flour, water and time.");
});

it("stops an answer and keeps what was written", async () => {
  const answer = await model.next();
  answer.say("This will be very");
  await answered("This will be very");
  await dashboard.page.getByRole("button", { name: "Stop" }).click();
  await dashboard.page.getByText("Stopped.").waitFor();
  await answered("This will be very");
  await dashboard.page.reload();
  await dashboard.page.getByText("Stopped.").waitFor();
  await answered("This will be very");
});

it("is followed and cancelled in the ledger of tasks", async () => {
  const answer = await model.next();
  answer.say("Slowly");
  await answered("Slowly");
  const { page } = dashboard;
  await page.getByRole("link", { name: "Tasks" }).click();
  const active = page.getByRole("region", { name: "In progress" });
  await active.getByRole("button", { name: /Running/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel task" }).click();
  await page.getByRole("dialog").getByText("Cancelled", { exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await active.getByText("Nothing is running").waitFor();
  const history = page.getByRole("region", { name: "History" });
  await history
    .getByRole("button", { name: /Cancelled/ })
    .first()
    .waitFor();
});

it("goes on with a running answer after a reload", async () => {
  const answer = await model.next();
  answer.say("One two");
  await answered("One two");
  await dashboard.page.reload();
  await answered("One two");
  answer.say(" three");
  await answered("One two three");
  answer.end();
  await dashboard.answered();
});

it("leaves open and selected what a person opened and selected in an answer, when it ends", async () => {
  const { page } = dashboard;
  (await model.next()).call("calculator.evaluate", { expression: "6*7" });
  const answer = await model.next();
  answer.say("First paragraph.\n\nSecond");
  const turn = dashboard.turns("agent").last();
  await turn.getByText("calculator").click();
  await turn.getByText("Arguments").waitFor();
  await turn.getByText("First paragraph.").selectText();
  const selected = () => page.evaluate(() => document.getSelection()?.toString().trim());
  expect(await selected()).toBe("First paragraph.");

  answer.say(" paragraph.");
  answer.end();
  await dashboard.answered();
  await turn.getByText("Second paragraph.").waitFor();
  expect(await selected()).toBe("First paragraph.");
  expect(await turn.getByText("Arguments").isVisible()).toBe(true);
});

it("begins a running answer again after a crash of the gateway", async () => {
  const lost = await model.next();
  lost.say("Half an ans");
  await answered("Half an ans");
  await gateway.kill();
  await dashboard.page.getByText("The gateway doesn’t answer.").waitFor();
  await gateway.start();
  const again = await model.next();
  again.say("A whole");
  await dashboard.hurry();
  await answered("A whole");
  again.say(" answer");
  again.end();
  await dashboard.answered();
  await answered("A whole answer");
  expect(await dashboard.turns("agent").count()).toBe(1);
});

it("says why an answer failed, after a reload too, and tries again", async () => {
  (await model.next()).refuse(400, "The model does not like bread.");
  await dashboard.page.getByText("The answer failed.").waitFor();
  await dashboard.page.reload();
  await dashboard.page.getByText("The answer failed.").waitFor();
  await dashboard.page.getByRole("button", { name: "Try again" }).click();
  const answer = await model.next();
  answer.say("Now it works");
  answer.end();
  await dashboard.answered();
  await answered("Now it works");
});

it("shows a tool below the text that came before it, while it comes and afterwards", async () => {
  const first = await model.next();
  first.say("Let me look.");
  first.call("memory.search", { query: "bread" });
  const second = await model.next();
  second.say("It is rye.");
  const turn = dashboard.turns("agent").last();
  const inOrder = () =>
    expect
      .poll(async () => (await turn.innerText()).match(/Let me look|memory\.search|It is rye/g))
      .toEqual(["Let me look", "memory.search", "It is rye"]);
  await inOrder();
  second.end();
  await dashboard.answered();
  await inOrder();
  await dashboard.page.reload();
  await dashboard.answered();
  await inOrder();
});

it("marks a session whose last answer failed, until one succeeds", async () => {
  (await model.next()).refuse(400, "The model does not like bread.");
  const { page } = dashboard;
  await page.getByText("The answer failed.").waitFor();
  const row = page.getByRole("region", { name: "Sessions" }).getByRole("listitem").first();
  await row.getByText("Failed").waitFor();
  await page.reload();
  await row.getByText("Failed").waitFor();
  await page.getByRole("button", { name: "Try again" }).click();
  const answer = await model.next();
  answer.say("Now it works");
  answer.end();
  await dashboard.answered();
  await row.getByText("Failed").waitFor({ state: "hidden" });
});
