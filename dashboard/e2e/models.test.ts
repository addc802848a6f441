/** The first run, and model providers, against a small model server that has one key. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { onStage } from "./stage.ts";

const KEY = "sk-good";

/** The models that were asked, in order. */
const asked: string[] = [];

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    if (request.url?.endsWith("/chat/completions"))
      asked.push((JSON.parse(Buffer.concat(chunks).toString()) as { model: string }).model);
    if (request.url?.startsWith("/listless/")) {
      const known = Buffer.concat(chunks).toString().includes('"gpt-local"');
      if (known) answer(response);
      else json(response, 404, { error: { message: "There is no such thing here." } });
    } else if (request.headers.authorization !== `Bearer ${KEY}`) {
      json(response, 401, { error: { message: "Incorrect API key" } });
    } else if (request.url?.endsWith("/models")) {
      const data = ["text-embedding-3", "small", "large"].map((id) => ({ id }));
      json(response, 200, { data });
    } else {
      answer(response);
    }
  });
});

function json(response: ServerResponse, status: number, body: object) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function answer(response: ServerResponse) {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const choice of [
    { delta: { content: "Here I am." } },
    { delta: {}, finish_reason: "stop" },
  ]) {
    response.write(`data: ${JSON.stringify({ choices: [{ index: 0, ...choice }] })}\n\n`);
  }
  response.end("data: [DONE]\n\n");
}

const stage = onStage({ firstRun: true });
let address = "";

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it("leads from nothing to a first answer, past a dead address and a wrong key", async () => {
  const { dashboard } = stage;
  const { page } = dashboard;
  await page.getByRole("heading", { name: "Welcome to Sophon" }).waitFor();
  await page.getByText("Other (OpenAI-compatible)").click();
  expect(await dashboard.faults()).toEqual([]);

  const test = page.getByRole("button", { name: "Test" });
  await page.getByLabel("Address").fill("http://127.0.0.1:1/v1");
  await test.click();
  await page.getByRole("alert").filter({ hasText: "could not be reached" }).waitFor();
  await page.getByLabel("Address").fill(address);
  await page.getByLabel("API key").fill("sk-bad");
  await test.click();
  await page.getByRole("alert").filter({ hasText: "does not accept the API key" }).waitFor();
  await page.getByLabel("API key").fill(KEY);
  await test.click();
  await page.getByRole("status").filter({ hasText: "small answered" }).waitFor();
  await page.getByLabel("Default model").selectOption("large");
  await page.getByRole("button", { name: "Save and say hello" }).click();
  await page.waitForURL(/\/sessions\/ses_/);
  await page.getByText("Here I am.").waitFor();
  await page.getByText("Default (large)").waitFor({ state: "attached" });
});

it("lists the provider, tests it, edits what is known of a model, and disables it", async () => {
  const { dashboard } = stage;
  const { page } = dashboard;
  await page.goto("/models");
  await page.getByRole("button", { name: "Test custom" }).click();
  await page.getByRole("status").filter({ hasText: "large answered" }).waitFor();
  expect(await dashboard.faults()).toEqual([]);
  await page.getByRole("button", { name: "Edit small" }).click();
  await page.getByLabel("Context window (tokens)").fill("4096");
  await page.getByLabel("Images").selectOption("yes");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Context 4,096 · Images").waitFor();
  await page.getByRole("button", { name: "Actions for custom" }).click();
  await page.getByRole("menuitem", { name: "Disable" }).click();
  await page.getByText("Disabled", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Actions for custom" }).click();
  await page.getByRole("menuitem", { name: "Enable" }).click();
  await page.getByText("Enabled", { exact: true }).waitFor();
});

it("adds a server that lists no models, and forgets what another address lists", async () => {
  const { page } = stage.dashboard;
  await page.goto("/models");
  await page.getByRole("button", { name: "Add provider" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Service").selectOption("custom");
  await dialog.getByLabel("Name").fill("box");
  const test = dialog.getByRole("button", { name: "Test" });
  await dialog.getByLabel("Address").fill(address.replace("http://", ""));
  await test.click();
  await dialog.getByRole("alert").filter({ hasText: "http:// or https://" }).waitFor();
  expect(await dialog.getByLabel("Address").getAttribute("aria-invalid")).toBe("true");

  await dialog.getByLabel("Address").fill(address);
  await dialog.getByLabel("API key").fill(KEY);
  await test.click();
  await dialog.getByRole("status").filter({ hasText: "small answered" }).waitFor();
  expect(await dialog.getByLabel("Default model").inputValue()).toBe("small");

  await dialog.getByLabel("Address").fill(address.replace("/v1", "/listless/v1"));
  expect(await dialog.getByLabel("Default model").inputValue()).toBe("");
  await test.click();
  await dialog.getByRole("alert").filter({ hasText: "it has no list of models" }).waitFor();
  await dialog.getByLabel("Default model").fill("gpt-local");
  await test.click();
  await dialog.getByRole("status").filter({ hasText: "gpt-local answered" }).waitFor();
  await dialog.getByRole("button", { name: "Add provider" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("list", { name: "Providers" }).getByText("Default: gpt-local").waitFor();
});

it("lets a session have a model of its own", async () => {
  const { dashboard } = stage;
  const { page } = dashboard;
  await page.goto("/sessions/new");
  await page.getByLabel("Model", { exact: true }).selectOption("small");
  await dashboard.say("Who is there?");
  await page.waitForURL(/\/sessions\/ses_/);
  await page.getByText("Here I am.").waitFor();
  expect(await page.getByLabel("Model", { exact: true }).inputValue()).toBe("small");
  await page.getByLabel("Model", { exact: true }).selectOption("");
  await page.reload();
  await page.getByText("Default (large)").waitFor({ state: "attached" });
});

it("asks another model for one message, and the session keeps its own", async () => {
  const { dashboard } = stage;
  const { page } = dashboard;
  await dashboard.begin("Who is there?");
  const model = page.getByLabel("Model", { exact: true });
  const once = page.getByLabel("Only this message");
  await once.check();
  await model.selectOption("small");
  expect(await dashboard.faults()).toEqual([]);
  asked.length = 0;
  await dashboard.say("And now?");
  await expect.poll(() => once.isChecked()).toBe(false);
  expect(await model.inputValue()).toBe("");
  await dashboard.answered();
  expect(asked).toEqual(["small"]);
  await dashboard.say("And then?");
  await dashboard.answered();
  expect(asked).toHaveLength(2);
  expect(asked[1]).not.toBe("small");
});
