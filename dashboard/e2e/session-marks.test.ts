import { describe, expect, it } from "vitest";
import { onStage } from "./stage.ts";

const { dashboard, gateway } = onStage();

const list = () => dashboard.page.getByRole("region", { name: "Sessions" });
const row = (name: RegExp) => list().getByRole("link", { name });

/** A session with an answer, made by a program of the same user. */
async function answeredElsewhere(title: string): Promise<string> {
  const token = await gateway.signIn();
  const { id } = await gateway.post<{ id: string }>("/api/sessions", { title }, token);
  await gateway.post("/api/chat?wait=20", { sessionId: id, content: "calculate 1+1" }, token);
  return id;
}

describe("a session that is not open", () => {
  it("is unread when an answer comes, until it is opened on one of the pages", async () => {
    await dashboard.page.goto("/sessions/new");
    await answeredElsewhere("Unread one");
    await row(/Unread one New messages/).waitFor();
    expect(await dashboard.faults()).toEqual([]);
    const other = await dashboard.page.context().newPage();
    await other.goto("/sessions/new");
    const there = other.getByRole("link", { name: /Unread one/ });
    await other.getByRole("link", { name: /Unread one New messages/ }).waitFor();
    await there.click();
    await expect.poll(() => row(/Unread one New messages/).count()).toBe(0);
    await dashboard.page.reload();
    await row(/Unread one/).waitFor();
    expect(await row(/Unread one New messages/).count()).toBe(0);
    await other.close();
  });

  it("is unread again when its reader says so", async () => {
    await dashboard.begin("calculate 2+3");
    await dashboard.rename("For later");
    await dashboard.choose("Mark as unread");
    await row(/For later New messages/).waitFor();
  });
});

describe("a list of sessions", () => {
  it("shows pinned ones first, and filters by tags that are suggested", async () => {
    await dashboard.begin("calculate 3+3");
    await dashboard.rename("Pin me");
    await dashboard.choose("Pin");
    await list().getByRole("heading", { name: "Pinned" }).waitFor();
    await dashboard.choose("Edit tags");
    const dialog = dashboard.page.getByRole("dialog");
    await dialog.getByLabel("New tag").fill("travel");
    await dashboard.page.keyboard.press("Enter");
    await dialog.getByLabel("New tag").fill("Travel");
    expect(await dashboard.faults()).toEqual([]);
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "hidden" });
    await dashboard.begin("calculate 4+4");
    await list().getByRole("button", { name: "travel", exact: true }).click();
    await expect.poll(() => list().getByRole("link").count()).toBe(1);
    expect(await list().getByRole("link").innerText()).toContain("Pin me");
    await list().getByRole("button", { name: "travel", exact: true }).click();
    await dashboard.page.goto(`/sessions/${await idOf("Pin me")}`);
    await dashboard.choose("Unpin");
    await list().getByRole("heading", { name: "Pinned" }).waitFor({ state: "hidden" });
  });

  it("archives several at once, and names what it deletes, by keyboard alone", async () => {
    await answeredElsewhere("First to go");
    await answeredElsewhere("Second to go");
    const { page } = dashboard;
    await page.goto("/");
    await row(/Second to go/).waitFor();
    await page.getByRole("button", { name: "List actions" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await list()
      .getByRole("checkbox", { name: /First to go/ })
      .focus();
    await page.keyboard.press("Space");
    await list()
      .getByRole("checkbox", { name: /Second to go/ })
      .focus();
    await page.keyboard.press("Space");
    expect(await dashboard.faults()).toEqual([]);
    await page.getByRole("button", { name: "Archive", exact: true }).focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => row(/to go/).count()).toBe(0);

    await page.getByRole("button", { name: "List actions" }).click();
    await page.getByRole("menuitem", { name: "Archive" }).click();
    await row(/First to go/).waitFor();
    await page.getByRole("button", { name: "List actions" }).click();
    await page.getByRole("menuitem", { name: "Select sessions" }).click();
    for (const name of [/First to go/, /Second to go/]) {
      await list().getByRole("checkbox", { name }).check();
    }
    await page.getByRole("toolbar").getByRole("button", { name: "Delete" }).click();
    const dialog = page.getByRole("dialog", { name: "Delete 2 sessions?" });
    expect(await dialog.getByRole("listitem").allInnerTexts()).toEqual([
      "Second to go",
      "First to go",
    ]);
    await dialog.getByRole("button", { name: "Delete" }).click();
    await list().getByText("No archived sessions").waitFor();
  });
});

async function idOf(title: string): Promise<string> {
  const href = await row(new RegExp(title)).getAttribute("href");
  return href?.split("/").at(-1) ?? "";
}
