import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { onStage } from "./stage.ts";

const { dashboard, gateway } = onStage();

const box = () => dashboard.page.getByLabel("Message", { exact: true });
const options = () => dashboard.page.locator("[role=listbox] [role=option]");

async function save(prompt: { command: string; content: string; shared?: boolean }) {
  await gateway.post("/api/prompts", prompt, await gateway.signIn());
}

describe("the page of prompts", () => {
  it("makes, changes, shares and deletes them, and says which field is wrong", async () => {
    const { page } = dashboard;
    await page.goto("/prompts");
    await page.getByRole("button", { name: "New prompt" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Command").fill("two words");
    await dialog.getByLabel("Text", { exact: true }).fill("Sum up {{text}}.");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByText("A command has letters, digits, '-' and '_' only.").waitFor();
    await dialog.getByLabel("Command").fill("/Sum");
    expect(await dashboard.faults()).toEqual([]);
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "hidden" });

    const own = page.getByRole("list", { name: "Your prompts" });
    await own.getByText("/sum").waitFor();
    await own.getByRole("button", { name: "Edit /sum" }).click();
    await dialog.getByLabel("Title").fill("Sum up a text");
    await dialog.getByLabel("Share with everyone").check();
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "hidden" });
    const shared = page.getByRole("list", { name: "Shared prompts" });
    await shared.getByText("Sum up a text").waitFor();
    expect(await dashboard.faults()).toEqual([]);
    await shared.getByRole("button", { name: "Delete /sum" }).click();
    await dialog.getByText("/sum will be deleted for everyone in your tenant.").waitFor();
    await dialog.getByRole("button", { name: "Delete" }).click();
    await expect.poll(() => shared.count()).toBe(0);
  });

  it("takes them along in a file, and skips those that are there", async () => {
    const { page } = dashboard;
    await save({ command: "kept", content: "Keep {{this}}." });
    await page.goto("/prompts");
    const file = {
      name: "prompts.json",
      mimeType: "application/json",
      buffer: Buffer.from(
        JSON.stringify([
          { command: "kept", content: "Other" },
          { command: "brought", title: "Brought along", content: "Hello" },
        ]),
      ),
    };
    await page.getByRole("button", { name: "Import" }).waitFor();
    await page.locator("input[type=file]").setInputFiles(file);
    await page.getByText("1 prompt imported. 1 was skipped").waitFor();
    await page.getByText("Brought along").waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export" }).click();
    const path = await (await download).path();
    const exported = JSON.parse(readFileSync(path, "utf8")) as {
      command: string;
      content: string;
    }[];
    expect(exported.map(({ command }) => command)).toEqual(["kept", "brought"]);
    expect(exported[0]?.content).toBe("Keep {{this}}.");
  });
});

describe("a slash at the start of a message", () => {
  it("finds a prompt, asks for its values and puts it into the text, by keyboard alone", async () => {
    const { page } = dashboard;
    await save({ command: "translate", content: "To {{language=French}}: {{text}}" });
    await save({ command: "trip", content: "Plan a trip on {{date}}." });
    await page.goto("/sessions/new");
    await box().focus();
    await page.keyboard.type("/tr");
    await expect.poll(() => options().count()).toBe(2);
    expect(await dashboard.faults()).toEqual([]);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "translate" });
    expect(await dialog.getByLabel("language").inputValue()).toBe("French");
    expect(await dashboard.faults()).toEqual([]);
    await page.keyboard.press("Tab");
    await page.keyboard.type("Good morning");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect.poll(() => box().inputValue()).toBe("To French: Good morning");
    expect(new URL(page.url()).pathname).toBe("/sessions/new");
    await expect.poll(() => box().evaluate((area) => area === document.activeElement)).toBe(true);
  });

  it("closes its list with Esc, and is an ordinary character elsewhere", async () => {
    const { page } = dashboard;
    await page.goto("/sessions/new");
    await box().focus();
    await page.keyboard.type("/");
    await options().first().waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => options().count()).toBe(0);
    await page.keyboard.type("trip");
    expect(await options().count()).toBe(0);
    await box().fill("and/or");
    expect(await options().count()).toBe(0);
  });

  it("is at hand on a phone", async () => {
    const { page } = dashboard;
    await page.setViewportSize({ width: 390, height: 780 });
    await page.goto("/sessions/new");
    await box().fill("/");
    await options().getByText("/trip").click();
    await expect.poll(() => box().inputValue()).toMatch(/^Plan a trip on .*20\d\d.*\.$/);
    expect(await dashboard.faults()).toEqual([]);
    await page.setViewportSize({ width: 1440, height: 900 });
  });
});

describe("an at sign", () => {
  it("asks another agent for one answer, and names it there", async () => {
    const { page } = dashboard;
    const token = await gateway.signIn();
    await gateway.post("/api/agents", { name: "Second opinion", slug: "second" }, token);
    await dashboard.begin("calculate 1+2");
    await box().focus();
    await page.keyboard.type("calculate 6*7 @sec");
    await options().getByText("Second opinion").waitFor();
    await page.keyboard.press("Enter");
    await page.getByText("Answered by Second opinion").waitFor();
    expect(await box().inputValue()).toBe("calculate 6*7 ");
    expect(await dashboard.faults()).toEqual([]);
    await page.keyboard.press("Enter");
    await dashboard
      .turns("agent")
      .nth(1)
      .getByRole("heading", { name: "Second opinion" })
      .waitFor();
    await dashboard.answered();
    await dashboard.say("calculate 2+2");
    await dashboard.turns("agent").nth(2).getByRole("heading", { name: "Sophon" }).waitFor();
  });
});
