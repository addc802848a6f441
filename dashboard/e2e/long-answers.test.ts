import { expect, it } from "vitest";
import { smoothness, type Smoothness } from "./smoothness.ts";
import { onStage } from "./stage.ts";

const { dashboard, gateway, model } = onStage({ scripted: true });

/** Above this (milliseconds), who types or scrolls notices. */
const NOTICED = 50;

/**
 * Tasks that may be longer: a collection of garbage on a slow machine makes one. A page whose work grows with the answer
 * makes dozens of them.
 */
const FORGIVEN = 2;

/** The longest task that the page is answerable for (milliseconds). */
const longestOf = (measured: Smoothness) => measured.longest[FORGIVEN] ?? 0;

/** The length of an answer (characters), and of one that goes on and on. */
const LENGTH = 100_000;
const VERY_LONG = 300_000;

function long(part: (index: number) => string, length = LENGTH): string {
  let text = "";
  for (let index = 0; text.length < length; index += 1) text += part(index);
  return text;
}

const mixed = (i: number) =>
  `## Part ${i}\n\nSome **bold** words with \`code\` and a [link](https://example.org/${i}), so that it is a ` +
  `paragraph of the usual length.\n\n- first ${i}\n- second *item*\n\n\`\`\`js\nconst x = ${i};\nreturn x * 2;\n` +
  `\`\`\`\n\n| a | b |\n|---|---|\n| ${i} | two |\n\n`;

const ANSWERS: [string, string][] = [
  ["100 KB of prose, lists, code and tables", long(mixed)],
  ["300 KB of them", long(mixed, VERY_LONG)],
  ["one list of 100 KB", long((i) => `- item ${i} with **bold** and some more words\n`)],
  [
    "one table of 100 KB",
    `| a | b |\n|---|---|\n${long((i) => `| ${i} | some **bold** words |\n`)}`,
  ],
  [
    "one block of code of 100 KB",
    `\`\`\`js\n${long((i) => `const value${i} = compute(${i}, "text");\n`)}`,
  ],
  ["one line of 100 KB", long((i) => `word${i} and **bold** `)],
];

/** How much a quick model says in ten milliseconds (characters). */
const PIECE = 170;

/** Says 100 KB in six seconds. */
function say(answer: { say: (text: string) => void; end: () => void }, text: string) {
  const pieces = Math.ceil(text.length / PIECE);
  return new Promise<void>((resolve) => {
    let piece = 0;
    const timer = setInterval(() => {
      answer.say(text.slice(PIECE * piece, PIECE * (piece + 1)));
      piece += 1;
      if (piece < pieces) return;
      clearInterval(timer);
      answer.end();
      resolve();
    }, 10);
  });
}

/** As `answered`, without a look at the page from outside all the time, which would be measured as well. */
const ended = () =>
  dashboard.page.waitForFunction(() => document.querySelector("article[data-live]") === null);

it.each(ANSWERS)("writes %s without a task that is noticed", async (_, text) => {
  const { page } = dashboard;
  await page.goto("/sessions/new");
  await dashboard.say("At length, please");
  const answer = await model.next();
  answer.say("So:\n\n");
  await dashboard.turns("agent").getByText("So:").waitFor();
  const measured = await smoothness(page, async () => {
    await say(answer, text);
    await ended();
  });
  expect(longestOf(measured), JSON.stringify(measured)).toBeLessThan(NOTICED);
  if (process.env.SHOW_FIGURES) console.log(measured);

  // It stayed at the end, which is shown as it is meant.
  const conversation = page.getByRole("region", { name: "Conversation" });
  const left = () =>
    conversation.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
  await expect.poll(left).toBeLessThan(2);
  await dashboard.answered();
});

it("opens a session with many long answers without a task that is noticed, and reads them when they are near", async () => {
  const { page } = dashboard;
  const token = await gateway.signIn();
  const { id } = await gateway.post<{ id: string }>("/api/sessions", { title: "Long" }, token);
  const text = long(mixed);
  for (let turn = 0; turn < 10; turn += 1) {
    await gateway.post("/api/chat", { sessionId: id, content: "More" }, token);
    const answer = await model.next();
    answer.say(`Answer **${turn}**\n\n${text}`);
    answer.end();
    await expect.poll(() => gateway.activeTasks(token)).toBe(0);
  }
  await page.getByRole("link", { name: /Long/ }).waitFor();
  const opened = await smoothness(page, async () => {
    await page.evaluate(() =>
      document.querySelector<HTMLElement>("a[href*='/sessions/ses']")?.click(),
    );
    await ended();
    await page.waitForFunction(() => document.querySelectorAll("article").length === 20);
  });
  if (process.env.SHOW_FIGURES) console.log(opened);
  expect(longestOf(opened), JSON.stringify(opened)).toBeLessThan(NOTICED);

  // What is far away is text that can be found, and what is scrolled to is read.
  const first = dashboard.turns("agent").first();
  expect(await first.textContent()).toContain("Answer **0**");
  await page
    .getByRole("region", { name: "Conversation" })
    .evaluate((box) => box.scrollTo({ top: 0 }));
  await first.locator("strong").first().waitFor();
  expect(await first.textContent()).toContain("Answer 0");
  expect(await dashboard.turns("agent").last().textContent()).toContain("Answer 9");
});
