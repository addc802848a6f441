import { describe, expect, it } from "vitest";
import { onStage } from "./stage.ts";

const { dashboard, gateway } = onStage();

function isInWindow(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return top >= 0 && bottom <= window.innerHeight;
}

describe("the first page", () => {
  it("says what this is and how to begin, on a phone too, and that no model is connected", async () => {
    const { page } = dashboard;
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByText("AI agents that run on your own gateway").waitFor();
    expect(await dashboard.faults()).toEqual([]);
    await page.getByRole("button", { name: "Start a chat" }).click();
    await page.getByText("No model is connected.").waitFor();
    await page.getByLabel("Message", { exact: true }).waitFor();
    expect(await dashboard.faults()).toEqual([]);
  });
});

describe("a session", () => {
  it("answers a calculation with the tool call that made it", async () => {
    await dashboard.begin("calculate 6*7");
    const answer = dashboard.turns("agent").last();
    expect(await answer.innerText()).toContain("42");

    await answer.getByText("calculator").click();
    await answer.getByText("Arguments").waitFor();
    expect(await answer.locator("pre").first().innerText()).toContain("6");
  });

  it("remembers what it is told, in another session too", async () => {
    await dashboard.begin("remember that my cat is called Oscar");
    await dashboard.begin("what do you remember about my cat?");
    expect(await dashboard.turns("agent").last().innerText()).toContain("Oscar");
  });

  it("is still there after a reload", async () => {
    await dashboard.begin("calculate 20+3");
    await dashboard.page.reload();
    await dashboard.answered();
    expect(await dashboard.turns("user").allInnerTexts()).toEqual([
      expect.stringContaining("20+3"),
    ]);
    expect(await dashboard.turns("agent").last().innerText()).toContain("23");
  });

  it("is renamed, in the list as well", async () => {
    await dashboard.begin("calculate 1+1");
    await dashboard.rename("Sums for the bakery");
    await dashboard.page
      .getByRole("region", { name: "Sessions" })
      .getByRole("link", { name: /Sums for the bakery/ })
      .waitFor();
  });

  it("is found by search", async () => {
    await dashboard.begin("calculate 2+2");
    await dashboard.rename("Needle");
    const list = dashboard.page.getByRole("region", { name: "Sessions" });
    await list.getByLabel("Search sessions").fill("needl");
    await expect.poll(() => list.getByRole("listitem").allInnerTexts()).toHaveLength(1);
    await list.getByLabel("Search sessions").fill("no such title");
    await list.getByText("No results").waitFor();
  });

  it("is opened at a message that has the words, however old it is", async () => {
    await dashboard.begin("which plant is the tallest zanzibar fern?");
    const session = dashboard.sessionId;
    const token = await gateway.signIn();
    // More than a page of messages, so that the first one is not loaded with the session.
    for (let turn = 0; turn < 30; turn += 1) {
      const message = { sessionId: session, content: `calculate ${turn}+1` };
      await gateway.post("/api/chat?wait=20", message, token);
    }
    await dashboard.page.goto("/sessions/new");
    const list = dashboard.page.getByRole("region", { name: "Sessions" });
    await list.getByLabel("Search sessions").fill("zanzib");
    const hits = list.getByRole("region", { name: "Messages" });
    expect(await hits.locator("mark").first().innerText()).toBe("zanzibar");
    await hits
      .getByRole("link", { name: /tallest/ })
      .last()
      .click();
    const found = dashboard.turns("user").filter({ hasText: "tallest zanzibar" });
    await found.waitFor();
    await expect.poll(() => found.evaluate(isInWindow)).toBe(true);
    expect(await dashboard.turns("agent").count()).toBeGreaterThan(30);
  });

  it("is forked from an answer, and the fork goes its own way", async () => {
    await dashboard.begin("calculate 3*3");
    await dashboard.say("calculate 4*4");
    await expect.poll(() => dashboard.turns("agent").count()).toBe(2);
    await dashboard.answered();
    const original = dashboard.sessionId;

    await dashboard.turns("agent").first().getByRole("button", { name: "Fork from here" }).click();
    await dashboard.page.getByText("forked from another session").waitFor();
    expect(dashboard.sessionId).not.toBe(original);
    await expect.poll(() => dashboard.turns("user").count()).toBe(1);
    expect(await dashboard.turns("agent").last().innerText()).toContain("9");
  });

  it("answers again when asked to, and keeps the answer that there was", async () => {
    await dashboard.begin("calculate 5*5");
    await dashboard
      .turns("agent")
      .last()
      .getByRole("button", { name: "Regenerate", exact: true })
      .click();
    await dashboard.page.getByText("2 / 2").waitFor();
    await dashboard.answered();
    await expect.poll(() => dashboard.turns("agent").count()).toBe(1);
    expect(await dashboard.turns("user").count()).toBe(1);
    await dashboard.page.getByRole("button", { name: "Previous version" }).click();
    await dashboard.page.getByText("1 / 2").waitFor();
    await dashboard.answered();
  });

  it("is deleted only after a question", async () => {
    await dashboard.begin("calculate 8*8");
    const id = dashboard.sessionId;
    await dashboard.choose("Delete");
    await dashboard.page.keyboard.press("Escape");
    await dashboard.page.getByRole("dialog").waitFor({ state: "hidden" });

    await dashboard.choose("Delete");
    await dashboard.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await dashboard.page.waitForURL("**/");
    await expect.poll(() => dashboard.page.locator(`a[href$="${id}"]`).count()).toBe(0);
  });

  it("keeps a draft over a reload", async () => {
    await dashboard.begin("calculate 9*9");
    await dashboard.page.getByLabel("Message", { exact: true }).fill("half a thou");
    await dashboard.page.reload();
    await expect
      .poll(() => dashboard.page.getByLabel("Message", { exact: true }).inputValue())
      .toBe("half a thou");
  });

  it("shows a long history from its end, and the rest when scrolled to", async () => {
    const token = await gateway.signIn();
    const { id } = await gateway.post<{ id: string }>("/api/sessions", { title: "Long" }, token);
    for (let turn = 0; turn < 30; turn += 1) {
      await gateway.post("/api/chat", { sessionId: id, content: `calculate ${turn}+1000` }, token);
    }
    await expect.poll(() => gateway.activeTasks(token), { timeout: 20_000 }).toBe(0);

    const { page } = dashboard;
    await page.goto(`/sessions/${id}`);
    await dashboard.answered();
    const conversation = page.getByRole("region", { name: "Conversation" });
    expect(await conversation.evaluate((box) => box.scrollTop)).toBeGreaterThan(0);
    expect(await page.locator("article").count()).toBe(50);

    await conversation.evaluate((box) => box.scrollTo({ top: 0 }));
    await expect.poll(() => page.locator("article").count()).toBe(60);
    expect(await conversation.evaluate((box) => box.scrollTop), "keeps its place").toBeGreaterThan(
      0,
    );
    expect(await dashboard.turns("user").first().innerText()).toContain("calculate 0+1000");
  });

  it("follows what is said to its end, however far up it was scrolled", async () => {
    await dashboard.page.setViewportSize({ width: 800, height: 320 });
    await dashboard.begin("calculate 1+1");
    const conversation = dashboard.page.getByRole("region", { name: "Conversation" });
    await dashboard.turns("agent").last().getByText("calculator").click();
    await conversation.evaluate((box) => box.scrollTo({ top: 0 }));
    await dashboard.page.getByRole("button", { name: "Latest" }).waitFor();
    await dashboard.say("calculate 2+2");
    await expect.poll(() => dashboard.turns("agent").count()).toBe(2);
    await dashboard.answered();
    const left = () =>
      conversation.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
    await expect.poll(left).toBeLessThan(2);
  });

  it("shows each message once in two windows at the same time", async () => {
    await dashboard.begin("calculate 10+1");
    const other = await dashboard.page.context().newPage();
    await other.goto(dashboard.page.url());
    await other.getByText("11", { exact: true }).waitFor();
    await dashboard.say("calculate 10+2");
    await other.getByText("12", { exact: true }).waitFor();
    await expect.poll(() => dashboard.turns("agent").count()).toBe(2);
    expect(await other.locator("article[data-role=user]").count()).toBe(2);
    expect(await dashboard.turns("user").count()).toBe(2);
  });
});
