import { describe, expect, it } from "vitest";
import { onStage } from "./stage.ts";

const { dashboard, gateway } = onStage({ installed: true });

/** Waits until the service worker answers for the page. */
async function installed() {
  await dashboard.page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await expect
    .poll(() => dashboard.page.evaluate(() => navigator.serviceWorker.controller !== null))
    .toBe(true);
}

/** The addresses of the answers that are kept. */
function kept(): Promise<string[]> {
  return dashboard.page.evaluate(async () => {
    const cache = await caches.open("sophon-data");
    return (await cache.keys()).map(({ url }) => new URL(url).pathname);
  });
}

describe("a dashboard that was opened before", () => {
  it("shows without a gateway what was read last, and nothing after signing out", async () => {
    const { page } = dashboard;
    await installed();
    await dashboard.begin("calculate 6*7");
    await dashboard.rename("Kept for the train");
    await page.reload();
    await dashboard.answered();
    await page.waitForLoadState("networkidle");
    expect(await kept()).toContain(`/api/sessions/${dashboard.sessionId}/messages`);

    await gateway.kill();
    await page.reload();
    await page.getByRole("heading", { name: "Kept for the train" }).waitFor();
    expect(await dashboard.turns("agent").last().innerText()).toContain("42");
    await page.getByText("The gateway doesn’t answer.").waitFor();
    await page.goto("/");
    await page.getByRole("link", { name: /Kept for the train/ }).waitFor();

    await gateway.start();
    await page.goto("/settings");
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByLabel("Email").waitFor();
    await expect.poll(kept).toEqual([]);
  });

  it("can be installed", async () => {
    const answer = await dashboard.page.request.get("/manifest.webmanifest");
    const manifest = (await answer.json()) as { icons: { src: string; type: string }[] };
    expect(manifest).toMatchObject({ name: "Sophon", display: "standalone" });
    for (const { src, type } of manifest.icons) {
      const icon = await dashboard.page.request.get(`/${src}`);
      expect([icon.status(), icon.headers()["content-type"]]).toEqual([200, type]);
    }
  });
});
