import { expect, it } from "vitest";
import { onStage } from "./stage.ts";

const { dashboard } = onStage();

it("shows the queues, and that no job failed", async () => {
  await dashboard.page.getByRole("link", { name: "Jobs" }).click();
  await dashboard.page.getByRole("heading", { name: "Background jobs" }).waitFor();
  const maintenance = dashboard.page.getByRole("row", { name: /^Maintenance/ });
  // The hourly cleaning waits for its time.
  expect(await maintenance.getByRole("cell").allTextContents()).toEqual(["1", "0", "0", "0", "0"]);
  await dashboard.page.getByText("No failed jobs").waitFor();
});
