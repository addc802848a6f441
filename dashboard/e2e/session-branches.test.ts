import { describe, expect, it } from "vitest";
import { onStage } from "./stage.ts";

const { dashboard } = onStage();

const texts = (role: "user" | "agent") => dashboard.turns(role).allInnerTexts();

/** Edits the message of this place in the user's messages, by keyboard alone. */
async function edit(place: number, content: string) {
  const { page } = dashboard;
  await dashboard.turns("user").nth(place).getByRole("button", { name: "Edit message" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: "Edit message" }).fill(content);
  await page.keyboard.press("Enter");
}

describe("a message of one's own", () => {
  it("is edited in its place, and the conversation goes on from there", async () => {
    await dashboard.begin("calculate 1+1");
    await dashboard.say("calculate 2+2");
    await expect.poll(() => dashboard.turns("agent").count()).toBe(2);
    await dashboard.answered();

    await edit(0, "calculate 50+50");
    await dashboard.page.getByText("2 / 2").waitFor();
    await expect.poll(() => texts("agent")).toEqual([expect.stringContaining("100")]);
    await dashboard.answered();
    expect(await dashboard.turns("user").count()).toBe(1);
    expect(await dashboard.faults()).toEqual([]);

    await dashboard.page.getByRole("button", { name: "Previous version" }).click();
    await expect.poll(() => dashboard.turns("user").count()).toBe(2);
    expect((await texts("agent"))[1]).toContain("4");
    await dashboard.page.reload();
    await dashboard.answered();
    await dashboard.page.getByRole("button", { name: "Next version" }).click();
    await expect.poll(() => texts("user")).toEqual([expect.stringContaining("50+50")]);

    // One more in the same place is another alternative of it.
    await dashboard.answered();
    await edit(0, "calculate 7*7");
    await dashboard.page.getByText("3 / 3").waitFor();
    await expect.poll(() => texts("agent")).toEqual([expect.stringContaining("49")]);
  });

  it("is shown in other words on every page that is open", async () => {
    await dashboard.begin("calculate 3+3");
    const other = await dashboard.page.context().newPage();
    await other.goto(dashboard.page.url());
    await other.locator("article[data-role=agent]").waitFor();
    await edit(0, "calculate 30+30");
    await other.getByText("2 / 2").waitFor();
    await other.getByText("60", { exact: true }).waitFor();
    await expect.poll(() => other.locator("article[data-role=user]").count()).toBe(1);
    await other.close();
  });

  it("stays as it is when one thinks better of it", async () => {
    await dashboard.begin("calculate 4+4");
    await dashboard.turns("user").first().getByRole("button", { name: "Edit message" }).click();
    await dashboard.page.getByRole("textbox", { name: "Edit message" }).fill("calculate 1");
    await dashboard.page.keyboard.press("Escape");
    expect(await texts("user")).toEqual([expect.stringContaining("calculate 4+4")]);
  });
});
