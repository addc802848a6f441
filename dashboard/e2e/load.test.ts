import { expect, it } from "vitest";
import { onStage } from "./stage.ts";

/** As many as a gateway allows that nobody has configured. */
const READS = "120";

const { dashboard, gateway } = onStage({ environment: { SOPHON__RATE_LIMITS__READS: READS } });

/** The calls of the API that the page makes until it is connected and has been quiet for a while. */
async function callsOf(load: () => Promise<unknown>): Promise<string[]> {
  const { page } = dashboard;
  const calls: string[] = [];
  const note = (request: { url(): string; method(): string }) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/api/")) calls.push(`${request.method()} ${pathname}`);
  };
  page.on("request", note);
  await load();
  await page.getByRole("button", { name: "Live" }).waitFor();
  await page.waitForLoadState("networkidle");
  page.off("request", note);
  return calls;
}

it("loads with one call, and one more once it is connected", async () => {
  const { page } = dashboard;
  await page.getByRole("button", { name: "Live" }).waitFor();
  const calls = await callsOf(() => page.reload());
  expect(calls).toEqual(["GET /api/bootstrap", "GET /api/bootstrap"]);
});

it("can be reloaded as often as a person likes", async () => {
  const { page } = dashboard;
  const refused: string[] = [];
  page.on("response", (response) => {
    if (response.status() === 429) refused.push(response.url());
  });
  for (let load = 0; load < 60; load += 1) {
    await page.reload();
    await page.getByRole("navigation", { name: "Main" }).waitFor();
  }
  expect(refused).toEqual([]);
});

it("tells who edits a soul that somebody else has saved it meanwhile", async () => {
  const { page } = dashboard;
  const credentials = await page.evaluate(() => localStorage.getItem("sophon.credentials") ?? "");
  const { accessToken } = JSON.parse(credentials) as { accessToken: string };
  const put = (content: string) =>
    gateway.request("PUT", "/api/agents/sophon/soul", accessToken, { content });
  await put("As it was.");
  await page.goto("/agents/sophon");
  await page.getByRole("tab", { name: "Instructions" }).click();
  const soul = page.getByRole("textbox", { name: "SOUL.md" });
  await soul.fill("Mine.");
  await put("Theirs.");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Someone else saved SOUL.md").waitFor();
  expect(await soul.inputValue()).toBe("Mine.");

  await page.getByRole("button", { name: "Discard changes" }).click();
  await expect.poll(() => soul.inputValue()).toBe("Theirs.");
  await soul.fill("Ours.");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("SOUL.md saved").waitFor();
});
