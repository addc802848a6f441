import { describe, expect, it } from "vitest";
import { blocksOf, inlinesOf, linksOf, piecesOf, type Token } from "./syntax.ts";

const textOf = (token: Token) => ("text" in token ? String(token.text) : "");
const shown = (tokens: Token[]) =>
  tokens.filter(({ type }) => type !== "space").map((token) => `${token.type}: ${textOf(token)}`);
const inline = (text: string) => shown(inlinesOf(text, {}));
const block = (text: string) => shown(blocksOf(text));

describe("formulas", () => {
  it("stand between all the signs that models use", () => {
    expect(inline(String.raw`\(a\)`)).toEqual(["formula: a"]);
    expect(inline("$a_1 + b$")).toEqual(["formula: a_1 + b"]);
    expect(inline("$$a$$")).toEqual(["formula: a"]);
    expect(inline(String.raw`\[a\]`)).toEqual(["formula: a"]);
    expect(inline(String.raw`Let \(f(x) = \frac{1}{x}\) be $x$.`)).toEqual([
      "text: Let ",
      String.raw`formula: f(x) = \frac{1}{x}`,
      "text:  be ",
      "formula: x",
      "text: .",
    ]);
  });

  it("may have lines of their own, which are no Markdown", () => {
    for (const text of ["\\[\na\n- b\n= *c*\n\\]", "$$\na\n- b\n= *c*\n$$"]) {
      expect(block(text), text).toEqual(["formula: a\n- b\n= *c*"]);
    }
    expect(block("Before\n$$\na\n$$\nAfter")).toEqual([
      "paragraph: Before",
      "formula: a",
      "paragraph: After",
    ]);
  });

  it("are not prices, names of variables or code", () => {
    for (const text of ["It costs $5 and $10.", "US$5, CA$6", "$HOME/$USER", "$ 5 $", "a $5"]) {
      expect(inline(text).filter((token) => token.startsWith("formula"))).toEqual([]);
    }
    expect(inline("`$a$`")).toEqual(["codespan: $a$"]);
    expect(block("```\n$$\na\n$$\n```")).toEqual(["code: $$\na\n$$"]);
  });

  it("are text until they end", () => {
    expect(inline("$a")).toEqual(["text: $a"]);
    expect(inline(String.raw`\(a`)).toEqual(["escape: (", "text: a"]);
  });
});

describe("footnotes", () => {
  it("are marked in the text, and stand where they are written", () => {
    expect(inlinesOf("A word[^1].", {})).toMatchObject([
      {},
      { type: "footnoteMark", label: "1" },
      {},
    ]);
    expect(blocksOf("[^1]: The note\ngoes on.\n[^b]: Another.")).toMatchObject([
      { type: "footnote", label: "1", text: "The note\ngoes on." },
      { type: "footnote", label: "b", text: "Another." },
    ]);
  });
});

describe("links", () => {
  it("know what was defined elsewhere", () => {
    const links = linksOf("[Docs]: https://docs.example 'The docs'");
    expect(inlinesOf("[docs]", links)).toMatchObject([
      { type: "link", href: "https://docs.example" },
    ]);
  });
});

describe("hostile text", () => {
  it("that nests too deeply is shown as it is", () => {
    const deep = `${">".repeat(20_000)} a`;
    expect(block(deep)).toEqual([`html: ${deep}`]);
  });

  it("is read in pieces, so that time grows with its length and not faster", () => {
    expect(piecesOf("a_b_".repeat(10_000)).every((piece) => piece.length <= 2_000)).toBe(true);
    const words = "word ".repeat(2_000);
    expect(piecesOf(words).join("")).toBe(words);
    expect(piecesOf(words).every((piece) => piece.endsWith("word ") || piece === "")).toBe(true);
  });
});
