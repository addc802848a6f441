import { readFile } from "node:fs/promises";
import { beforeEach, expect, it } from "vitest";
import { onStage } from "./stage.ts";

const { dashboard, model } = onStage({ scripted: true });

beforeEach(() => dashboard.page.setViewportSize({ width: 800, height: 700 }));

/** An answer to a new session, shown to its end. */
async function shown(text: string) {
  await dashboard.page.goto("/sessions/new");
  await dashboard.say("Show me");
  const answer = await model.next();
  answer.say(text);
  answer.end();
  await dashboard.answered();
  return dashboard.turns("agent").last();
}

it("typesets formulas with fonts of its own, and shows what is none as it was written", async () => {
  const answer = await shown(
    String.raw`Let \(a^2 + b^2\) be, or $c_1$.` +
      "\n\n\\[\n\\frac{1}{2}\n\\]\n\nNot \\(\\nosuchthing{x}\\), and $5 or $6.",
  );
  await answer.locator(".katex").nth(2).waitFor();
  expect(await answer.locator(".katex").count()).toBe(3);
  expect(await answer.locator(".katex-display").count()).toBe(1);
  expect(await answer.locator("code").allInnerTexts()).toEqual([String.raw`\nosuchthing{x}`]);
  expect(await answer.innerText()).toContain("$5 or $6");
  const fonts = () =>
    dashboard.page.evaluate(
      () =>
        [...document.fonts].filter(
          ({ family, status }) => family.includes("KaTeX") && status === "loaded",
        ).length,
    );
  await expect.poll(fonts).toBeGreaterThan(0);
  expect(await dashboard.faults()).toEqual([]);
});

it("draws a diagram in a frame that reaches nothing, in light and in dark, and shows what is none as it was written", async () => {
  const { page } = dashboard;
  const fence = "```";
  const answer = await shown(
    `${fence}mermaid\nflowchart LR\n  A[Person] --> B[Gateway]\n${fence}\n\n${fence}mermaid\nno diagram\n${fence}`,
  );
  await answer.getByText("no diagram").waitFor();
  const diagram = answer.locator("iframe");
  await diagram.contentFrame().getByText("Gateway").waitFor();
  await expect.poll(() => diagram.count()).toBe(1);
  expect(await answer.locator("figure[aria-busy=true]").count()).toBe(0);
  expect((await diagram.boundingBox())?.height).toBeGreaterThan(30);

  const frame = page.frames().find((one) => one.url().endsWith("/diagram.html"));
  const reached = await frame?.evaluate(async () => {
    const tries: Record<string, () => unknown> = {
      parent: () => parent.document.title,
      storage: () => localStorage.length,
      gateway: () => fetch("/api/health"),
    };
    const outcomes: string[] = [origin];
    for (const [name, reach] of Object.entries(tries)) {
      try {
        await reach();
        outcomes.push(name);
      } catch {
        // As it should be.
      }
    }
    return outcomes;
  });
  expect(reached).toEqual(["null"]);
  // The browser complains of the request to the gateway, which the frame's policy refuses, and of nothing else.
  const complaints = dashboard.complaints.splice(0);
  expect(complaints).not.toEqual([]);
  for (const complaint of complaints) expect(complaint).toContain("Content Security Policy");

  const background = () =>
    frame?.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
  await page.emulateMedia({ colorScheme: "light" });
  await expect.poll(background).toBe("light");
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(background).toBe("dark");
});

it("shows at an edge of code and tables that there is more, until it is seen", async () => {
  const cells = Array.from({ length: 20 }, (_, index) => `a-long-heading-${index}`);
  const row = `| ${cells.join(" | ")} |\n`;
  const answer = await shown(
    `\`\`\`js\n${"const wide = 1; ".repeat(30)}\n\`\`\`\n\n${row}${"|---".repeat(20)}|\n${row}\n\n\`\`\`js\nshort();\n\`\`\`\n\n| a |\n|---|\n| b |\n`,
  );
  const edges = answer.locator("[data-more]");
  await expect.poll(() => edges.count()).toBe(2);
  for (const name of ["Code", "Table"]) {
    const box = dashboard.page.getByRole("region", { name });
    const edge = answer.locator("[data-more]").filter({ has: box });
    expect(await edge.getAttribute("data-more")).toBe("after");
    const shade = (side: string) =>
      edge.evaluate((element, side) => getComputedStyle(element, side).opacity, side);
    await expect.poll(() => shade("::after")).toBe("1");
    await box.focus();
    await box.evaluate((element) => element.scrollTo({ left: element.scrollWidth }));
    await expect.poll(() => edge.getAttribute("data-more")).toBe("before");
    await expect.poll(() => shade("::after")).toBe("0");
  }
  expect(await dashboard.faults()).toEqual([]);
});

it("gives a task one box and no bullet, and all headings one colour", async () => {
  const answer = await shown("# One\n\n## Two\n\n### Three\n\n- [ ] open\n- [x] shut\n\n- item");
  const displays = await answer
    .locator("li")
    .evaluateAll((items) => items.map((item) => getComputedStyle(item).display));
  // Only what is displayed as an item of a list has a bullet.
  expect(displays).toEqual(["grid", "grid", "list-item"]);
  const colours = await answer
    .locator("h3, h4, h5")
    .filter({ hasText: /One|Two|Three/ })
    .evaluateAll((headings) => headings.map((heading) => getComputedStyle(heading).color));
  expect(new Set(colours).size).toBe(1);
  expect(colours).toHaveLength(3);
});

it("wraps the lines of code and saves it as a file of its language", async () => {
  const line = `const wide = "${"very ".repeat(60)}";`;
  const answer = await shown(`\`\`\`typescript\n${line}\n\`\`\``);
  // An edge that shows that there is more.
  const edges = answer.locator("[data-more]");
  await expect.poll(() => edges.count()).toBe(1);
  const wrap = answer.getByRole("button", { name: "Wrap long lines" });
  await wrap.click();
  await expect.poll(() => edges.count()).toBe(0);
  expect(await wrap.getAttribute("aria-pressed")).toBe("true");
  expect(await dashboard.faults()).toEqual([]);

  const saved = dashboard.page.waitForEvent("download");
  await answer.getByRole("button", { name: "Download code" }).click();
  const file = await saved;
  expect(file.suggestedFilename()).toBe("code.ts");
  expect(await readFile(await file.path(), "utf8")).toBe(line);
});
