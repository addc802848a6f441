import { describe, expect, it } from "vitest";
import { cut, noSections, type Section } from "./sections.ts";

const repeat = (part: (index: number) => string, length = 40_000) => {
  let text = "";
  for (let index = 0; text.length < length; index += 1) text += part(index);
  return text;
};

const PROSE = repeat((i) => `## Part ${i}\n\nSome words that go on.\nAnd on.\n\n- one\n- two\n\n`);
const CODE = `Before\n\n\`\`\`js\n${repeat((i) => `call(${i});\n\n- not an item\n# not a heading\n\n`)}\`\`\`\n\nAfter\n`;
const TEXTS: Record<string, string> = {
  prose: PROSE,
  code: CODE,
  "a list": repeat((i) => `- item ${i} with some words\n`),
  "a loose list": repeat((i) => `1. item ${i}\n\n   more of it\n\n`),
  "a numbered list": repeat(() => "1. item with some words\n"),
  "a table": `| a | b |\n|---|---|\n${repeat((i) => `| ${i} | some words |\n`)}`,
  "code in a list": repeat((i) => `${i}. Do it:\n   \`\`\`sh\n   run\n\n   run again\n   \`\`\`\n`),
  "a line without an end": repeat((i) => `word${i} `),
  "a line without spaces": "\u{1f600}".repeat(20_000),
  "many nested items": `- top\n${repeat((i) => `  - item ${i}\n`)}`,
  "a formula": `$$\n${repeat((i) => `a_{${i}}\n\n`)}$$\nend\n`,
};

const sections = (text: string) => cut(text, noSections).sections;
const own = ({ source, head }: Section) => source.slice(head.length);

describe.each(Object.entries(TEXTS))("%s", (_, text) => {
  it("is all there, once and in order", () => {
    expect(sections(text).map(own).join("")).toBe(text);
  });

  it("is cut in the same places while it grows", () => {
    let growing = noSections;
    for (let length = 0; length < text.length; length += 997) {
      growing = cut(text.slice(0, length), growing);
    }
    expect(cut(text, growing).sections).toEqual(sections(text));
  });

  it("keeps what has been cut off already as it is", () => {
    const half = cut(text.slice(0, text.length / 2), noSections);
    const whole = cut(text, half);
    half.sections.slice(0, -1).forEach((section, index) => {
      expect(whole.sections[index]).toBe(section);
    });
  });
});

it.each(Object.keys(TEXTS).filter((name) => !["code", "a formula"].includes(name)))(
  "%s is never long",
  (name) => {
    const lengths = sections(TEXTS[name] ?? "").map((section) => section.source.length);
    expect(lengths.length).toBeGreaterThan(1);
    expect(Math.max(...lengths)).toBeLessThan(25_000);
  },
);

it("never cuts code", () => {
  const fenced = sections(CODE).filter(({ source }) => source.includes("```"));
  expect(fenced).toHaveLength(1);
  expect(fenced[0]?.source).toContain("```js\ncall(0);");
  expect(fenced[0]?.source.trimEnd().endsWith("```")).toBe(true);
});

it("goes on counting in a list that is cut", () => {
  const [first, second] = sections(TEXTS["a numbered list"] ?? "");
  const items = first?.source.match(/^1\./gm)?.length ?? 0;
  expect(second).toMatchObject({ continues: "list", start: 1 + items });
  expect(sections(TEXTS["a list"] ?? "")[1]).toMatchObject({ continues: "list", start: null });
});

it("says above each part of a table what its columns are", () => {
  const [, second] = sections(TEXTS["a table"] ?? "");
  expect(second).toMatchObject({ continues: "table", head: "| a | b |\n|---|---|\n" });
  expect(second?.source.startsWith("| a | b |\n|---|---|\n| ")).toBe(true);
});

it("never cuts a character in two", () => {
  for (const { source } of sections(TEXTS["a line without spaces"] ?? "")) {
    expect(source).not.toMatch(/\p{Surrogate}/u);
  }
});

it("finds what links refer to", () => {
  const text = `[a]: https://a.example\n\n\`\`\`\n[b]: https://b.example\n\`\`\`\n`;
  expect(sections(text)[0]?.definitions).toBe("[a]: https://a.example");
});

it("begins anew when the text is another", () => {
  expect(cut("Other words", cut(PROSE, noSections)).sections.map(own)).toEqual(["Other words"]);
});
