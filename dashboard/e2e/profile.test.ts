import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ADMIN } from "./gateway.ts";
import { onStage } from "./stage.ts";

const { dashboard } = onStage();

describe("the settings", () => {
  it("change one's name and password, and say what is wrong with them", async () => {
    const { page } = dashboard;
    await page.goto("/settings");
    await page.getByRole("button", { name: "Edit profile" }).click();
    await page.getByLabel("Name").fill("Ada Lovelace");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Ada Lovelace").waitFor();
    expect(await dashboard.faults()).toEqual([]);

    await page.getByRole("button", { name: "Change password" }).click();
    const dialog = page.getByRole("dialog");
    const change = dialog.getByRole("button", { name: "Change password" });
    await dialog.getByLabel("Current password").fill("not this one");
    await dialog.getByLabel("New password").fill("purple giraffe under water");
    await dialog.getByLabel("The same again").fill("purple giraffe under ice");
    await change.click();
    await dialog.getByRole("alert").getByText("The two are not the same.").waitFor();
    await dialog.getByLabel("The same again").fill("purple giraffe under water");
    await change.click();
    await dialog.getByText("That is not your present password.").waitFor();
    expect(await dashboard.faults()).toEqual([]);
    await dialog.getByLabel("Current password").fill(ADMIN.password);
    await change.click();
    await page.getByText("Password changed").waitFor();

    // Back, for the tests that follow.
    await page.getByRole("button", { name: "Change password" }).click();
    await dialog.getByLabel("Current password").fill("purple giraffe under water");
    await dialog.getByLabel("New password").fill(ADMIN.password);
    await dialog.getByLabel("The same again").fill(ADMIN.password);
    await change.click();
    await dialog.waitFor({ state: "hidden" });
  });

  it("sign out all other devices", async () => {
    const { page } = dashboard;
    await page.goto("/settings");
    await page.getByRole("button", { name: "Sign out all other devices" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await page.getByText("This device").waitFor();
    expect(await page.getByRole("button", { name: /^Sign out .* on / }).count()).toBe(0);
  });

  it("have the dashboard speak another language", async () => {
    const { page } = dashboard;
    await page.goto("/settings");
    await page.getByLabel("Language").selectOption({ label: "Deutsch" });
    await page.getByRole("heading", { name: "Einstellungen" }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("de");
    expect(await dashboard.faults()).toEqual([]);
    await page.goto("/sessions/new");
    await page.getByLabel("Nachricht", { exact: true }).waitFor();
    await page.goto("/settings");
    await page.getByLabel("Sprache").selectOption({ label: "English" });
    await page.getByRole("heading", { name: "Settings", level: 1 }).waitFor();
  });
});

describe("a session", () => {
  it("is saved as a file", async () => {
    await dashboard.begin("calculate 6*6");
    const saved = dashboard.page.waitForEvent("download");
    await dashboard.choose("Export as Markdown");
    const file = await saved;
    expect(file.suggestedFilename()).toBe("calculate 6_6.md");
    expect(readFileSync(await file.path(), "utf8")).toContain("The result is **36**.");
  });
});
