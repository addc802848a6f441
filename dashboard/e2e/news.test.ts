import { it } from "vitest";
import { onStage } from "./stage.ts";

const { dashboard: admin, open } = onStage();

it("tells an announcement to all who are on, and a critical one until it is dismissed", async () => {
  const reader = await open();
  await reader.signIn();

  await admin.page.goto("/settings");
  await admin.page.getByRole("button", { name: "New announcement" }).click();
  const form = admin.page.getByRole("dialog", { name: "New announcement" });
  await form.getByLabel("Title").fill("Maintenance");
  await form.getByLabel("Text").fill("At noon we move house.");
  await form.getByLabel("Severity").selectOption("critical");
  await form.getByRole("button", { name: "Send announcement" }).click();

  const alarm = reader.page.getByRole("status").filter({ hasText: "Maintenance" });
  await alarm.getByText("At noon we move house.").waitFor();
  await alarm.getByRole("button", { name: "Dismiss" }).click();
  await reader.page.getByRole("button", { name: "Notifications 1 unread" }).click();
  const tray = reader.page.getByRole("dialog", { name: "Notifications" });
  await tray.getByRole("heading", { name: "Maintenance" }).waitFor();
  await reader.page.keyboard.press("Escape");
  await reader.page.getByRole("button", { name: "Notifications", exact: true }).waitFor();
});
