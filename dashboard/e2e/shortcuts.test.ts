import { expect, it } from "vitest";
import { onStage } from "./stage.ts";

const { dashboard } = onStage();

it("finds pages and sessions by typing, with the keyboard alone", async () => {
  const { page } = dashboard;
  await dashboard.begin("calculate 6*7");
  await dashboard.rename("Sums for the bakery");
  const session = page.url();

  await page.keyboard.press("Control+k");
  const box = page.getByRole("combobox", { name: "Search pages and sessions" });
  await box.fill("tas");
  await page.getByRole("option", { name: "Tasks", selected: true }).waitFor();
  expect(await dashboard.faults()).toEqual([]);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Tasks", level: 1 }).waitFor();

  await page.keyboard.press("Control+k");
  await box.fill("bakery");
  await expect
    .poll(() => page.getByRole("dialog").getByRole("option").allInnerTexts())
    .toEqual(["Sums for the bakery"]);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  expect(page.url()).toBe(session);

  await page.keyboard.press("Control+k");
  await box.fill("nothing is called this");
  await page.getByRole("dialog").getByText("No results").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });

  await page.keyboard.press("Control+Shift+O");
  await page.getByRole("heading", { name: "New chat" }).waitFor();
});

it("lists the shortcuts at a question mark, except where text is typed", async () => {
  const { page } = dashboard;
  await page.goto("/tasks");
  await page.getByRole("heading", { name: "Tasks", level: 1 }).waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog").getByText("Go to a page or session").waitFor();
  expect(await dashboard.faults()).toEqual([]);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });

  await page.goto("/sessions/new");
  await page.getByLabel("Message", { exact: true }).fill("why");
  await page.keyboard.press("?");
  expect(await page.getByLabel("Message", { exact: true }).inputValue()).toBe("why?");
  expect(await page.getByRole("dialog").count()).toBe(0);
});
