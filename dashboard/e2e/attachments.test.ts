import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { onStage } from "./stage.ts";

const { dashboard, gateway } = onStage();

const file = (name: string, content: string | Buffer) => ({
  name,
  mimeType: "application/octet-stream",
  buffer: Buffer.from(content),
});

async function attach(...files: ReturnType<typeof file>[]) {
  const picking = dashboard.page.waitForEvent("filechooser");
  await dashboard.page.getByRole("button", { name: "Attach files" }).click();
  await (await picking).setFiles(files);
}

it("goes with a message and comes back as it was", async () => {
  const { page } = dashboard;
  await page.goto("/sessions/new");
  await attach(file("notes.md", "# Buy milk"));
  const chosen = page.getByRole("list", { name: "Attached files" });
  await chosen.getByText("10 bytes").waitFor();
  expect(await dashboard.faults()).toEqual([]);
  await dashboard.say("calculate 1+1");
  await dashboard.answered();
  await chosen.waitFor({ state: "hidden" });

  await page.reload();
  const sent = dashboard.turns("user").last().getByRole("list", { name: "Attachments" });
  const saving = page.waitForEvent("download");
  await sent.getByRole("button", { name: /notes\.md/ }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe("notes.md");
  expect(readFileSync(await saved.path(), "utf8")).toBe("# Buy milk");
});

it("is sent once it is uploaded, and not if it is removed before", async () => {
  const { page } = dashboard;
  await page.goto("/sessions/new");
  await attach(file("a.txt", "one"), file("b.txt", "two"));
  const chosen = page.getByRole("list", { name: "Attached files" });
  await expect.poll(() => chosen.getByText("3 bytes").count()).toBe(2);
  await chosen.getByRole("button", { name: "Remove a.txt" }).click();
  await dashboard.say("calculate 2+2");
  await dashboard.answered();
  const sent = dashboard.turns("user").last().getByRole("list", { name: "Attachments" });
  await expect
    .poll(() => sent.getByRole("listitem").allInnerTexts())
    .toEqual([expect.stringContaining("b.txt")]);
});

it("is refused with its reason if it is too large, and holds the message back", async () => {
  const { page } = dashboard;
  const limits = await gateway.get<{ fileBytes: number }>(
    "/api/attachments/limits",
    await gateway.signIn(),
  );
  await page.goto("/sessions/new");
  await attach(file("large.bin", Buffer.alloc(limits.fileBytes + 1)));
  await page.getByText("Larger than 26.2 MB").waitFor();
  await page.getByLabel("Message", { exact: true }).fill("look");
  expect(await page.getByRole("button", { name: "Send" }).isDisabled()).toBe(true);
});
