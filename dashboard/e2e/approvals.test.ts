import { expect, it } from "vitest";
import { Machine } from "./machine.ts";
import { onStage } from "./stage.ts";

const { dashboard, gateway, model } = onStage({ scripted: true });

/** Begins a session in which the agent asks for something at once. */
async function asked(tool: string, args: object) {
  await dashboard.page.goto("/sessions/new");
  await dashboard.say("Do it");
  (await model.next()).call(tool, args);
  await card().waitFor();
}

/** The model's last words, after the answer of the person reached it. */
async function concluded(text: string) {
  const answer = await model.next();
  answer.say(text);
  answer.end();
  await dashboard.answered();
}

const card = () => dashboard.page.getByRole("article", { name: /^(Use|Question)/ });
const button = (name: string) => card().getByRole("button", { name, exact: true });

it("asks in the session, where the turn waits, and goes on when it is approved", async () => {
  await asked("memory.forget_all", {});
  await card().getByText("Critical risk").waitFor();
  await card()
    .getByText(/\d:\d\d left/)
    .waitFor();
  const badge = dashboard.page.getByRole("link", { name: "Approvals 1 waiting" });
  await badge.waitFor();
  expect(await dashboard.page.title()).toMatch(/^\(1\) /);
  await dashboard.page.getByRole("link", { name: /Do it.*Waiting for you/ }).waitFor();
  expect(await dashboard.faults()).toEqual([]);

  await button("Approve").click();
  await concluded("All is forgotten.");
  await badge.waitFor({ state: "detached" });
  expect(await dashboard.page.title()).not.toMatch(/^\(/);
});

it("never approves by the keys of who writes on", async () => {
  await asked("memory.forget_all", {});
  const focused = () => dashboard.page.evaluate(() => document.activeElement?.textContent ?? "");
  expect(await focused()).not.toContain("Approve");
  await button("Reject").click();
  await dashboard.page.keyboard.press("Escape");
  await expect.poll(focused).toBe("Reject");

  await button("Reject").click();
  await card().getByLabel("Reason (optional)").fill("I want to keep them");
  await dashboard.page.keyboard.press("Enter");
  await card().getByText("It was rejected.").waitFor();
  expect(await focused()).not.toContain("Approve");
  await concluded("Then I keep them.");
});

it("answers in the inbox, keeps the place of what was answered, and tells of it in the history", async () => {
  await asked("memory.forget_all", {});
  const { page } = dashboard;
  await page.getByRole("link", { name: /Approvals/ }).click();
  const waiting = page.getByRole("region", { name: "Waiting for you" });
  await waiting.getByRole("link", { name: "Open session" }).waitFor();
  await waiting.getByRole("button", { name: "Reject" }).click();
  await waiting.getByLabel("Reason (optional)").fill("Not today");
  await waiting.getByRole("button", { name: "Reject" }).click();
  await waiting.getByText("It was rejected.").waitFor();

  const history = page.getByRole("region", { name: "History" });
  await history.getByLabel("Outcome").selectOption("Rejected");
  await history.getByLabel("Tool").fill("memory.forget_all");
  await history.getByText("memory.forget_all").first().click();
  await history.getByText("Not today").waitFor();

  // Gone from the list and back, it is as it was left.
  await history.getByLabel("Tool").fill("no.such.tool");
  await history.getByText("No approvals").waitFor();
  await history.getByLabel("Tool").fill("memory.forget_all");
  await history.getByText("Not today").waitFor();
  await history.getByLabel("Tool").fill("no.such.tool");
  await history.getByText("No approvals").waitFor();
  const answer = await model.next();
  answer.say("I see");
  answer.end();
});

it("opens no row of the history that another filter is about to take away", async () => {
  const { page } = dashboard;
  await page.goto("/approvals");
  const history = page.getByRole("region", { name: "History" });
  await history.getByRole("listitem").first().waitFor();
  let answer!: () => void;
  const slow = new Promise<void>((resolve) => (answer = resolve));
  await page.route("**/approvals/history?*outcome=approved*", async (route) => {
    await slow;
    await route.continue();
  });
  await history.getByLabel("Outcome").selectOption("Approved");
  const click = history.getByText("memory.forget_all").first().click();
  answer();
  await click;
  await history.getByText("It was approved.").waitFor();
  expect(await history.locator("details[open]").count()).toBe(1);
});

it("does with other arguments what a person made of it", async () => {
  const machine = await Machine.paired(gateway, "Bench");
  const told = { node: machine.nodeId, command: "system.execute" };
  await asked("node.command", { ...told, params: { argv: ["rm", "-rf", "/srv/build"] } });
  await button("Edit").click();
  const field = card().getByLabel("Edit arguments");
  await field.fill("{");
  await card().getByText("This is not valid JSON").waitFor();
  expect(await button("Approve with changes").isDisabled()).toBe(true);

  const params = { argv: ["ls", "/srv/build"] };
  await field.fill(JSON.stringify({ ...told, params }));
  await button("Approve with changes").click();
  expect((await machine.obey({ exitCode: 0 })).params).toEqual(params);
  await concluded("I only looked.");
});

it("tells who comes too late what was answered before", async () => {
  await asked("memory.forget_all", {});
  const { page } = dashboard;
  const token = await gateway.signIn();
  const pending = await gateway.get<{ items: { id: string }[] }>("/api/approvals", token);
  // The news of the other answer is held back, as on a slow line.
  await page.route("**/approve", async (route) => {
    await gateway.post(`/api/approvals/${pending.items[0]?.id ?? ""}/reject`, {}, token);
    await route.continue();
  });
  await button("Approve").click();
  await page.getByText("This request was already answered. It was rejected.").waitFor();
  await concluded("Then not.");
});

it("takes an answer to a question by choice, in own words, or not at all", async () => {
  await asked("person.ask", { question: "Which colour?", choices: ["Red", "Blue"] });
  await button("Blue").click();
  await card().getByText("Blue").waitFor();
  await concluded("Blue it is.");

  await asked("person.ask", { question: "Which name?\u202Eevil" });
  await card().getByText("U+202E").waitFor();
  await card().getByLabel("Your answer").fill("Oscar");
  await button("Answer").click();
  await concluded("Oscar it is.");

  await asked("person.ask", { question: "Which day?" });
  await button("Skip question").click();
  await concluded("Any day then.");
});
