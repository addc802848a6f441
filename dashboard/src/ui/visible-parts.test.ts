import { describe, expect, it } from "vitest";
import { visibleParts } from "./visible-parts.ts";

const hidden = (text: string) =>
  visibleParts(text)
    .filter(({ kind }) => kind === "hidden")
    .map((part) => part.text);

describe("text made visible", () => {
  it("leaves ordinary text, its lines and other scripts as they are", () => {
    const text = "rm -rf /tmp\n\tÄpfel 漢字 naïve — “so” 👍";
    expect(visibleParts(text)).toEqual([{ kind: "plain", text }]);
    expect(visibleParts("")).toEqual([]);
  });

  it.each([
    ["a mark that turns the direction", "invoice\u202Egnp.exe", "U+202E"],
    ["an isolate", "\u2066x", "U+2066"],
    ["a right-to-left mark", "a\u200Fb", "U+200F"],
    ["a null", "a\0b", "U+0000"],
    ["a carriage return, which overwrites a line in a terminal", "safe\rrm", "U+000D"],
    ["an escape sequence", "\u001B[2K", "U+001B"],
    ["a control character of the upper half", "\u009B31m", "U+009B"],
    ["a space without width", "pay\u200Bpal", "U+200B"],
    ["a space that does not break", "a\u00A0b", "U+00A0"],
    ["a line separator", "a\u2028b", "U+2028"],
    ["a byte order mark", "\uFEFFa", "U+FEFF"],
    ["a soft hyphen", "a\u00ADb", "U+00AD"],
    ["a filler that looks like nothing", "a\u3164b", "U+3164"],
    ["an empty pattern of Braille", "a\u2800b", "U+2800"],
    ["a tag, which hides text from people only", "a\u{E0041}", "U+E0041"],
    ["a selector of variations", "a\uFE0F", "U+FE0F"],
    ["half of a surrogate pair", "a\uD800", "U+D800"],
    ["a character of nobody", "\uE000", "U+E000"],
  ])("tells %s by its number", (_, text, mark) => {
    expect(hidden(text)).toEqual([mark]);
  });

  it("keeps all of the text, in the order in which it was written", () => {
    expect(visibleParts("a\u202Eb\u202Cc")).toEqual([
      { kind: "plain", text: "a" },
      { kind: "hidden", text: "U+202E" },
      { kind: "plain", text: "b" },
      { kind: "hidden", text: "U+202C" },
      { kind: "plain", text: "c" },
    ]);
  });

  it("sets words that run from right to left apart", () => {
    expect(visibleParts("to שלום, 5 of عربي")).toEqual([
      { kind: "plain", text: "to " },
      { kind: "leftward", text: "שלום" },
      { kind: "plain", text: ", 5 of " },
      { kind: "leftward", text: "عربي" },
    ]);
  });
});
