import { describe, expect, it } from "vitest";
import { triggerAt } from "./trigger.ts";

/** What is found where `|` is. */
function found(marked: string) {
  const caret = marked.indexOf("|");
  return triggerAt(marked.replace("|", ""), caret);
}

describe("a slash", () => {
  it("names a prompt on a line of its own", () => {
    expect(found("/|")).toEqual({ kind: "prompt", query: "", start: 0, end: 1 });
    expect(found("Hello\n/Sum|\nthere")).toEqual({
      kind: "prompt",
      query: "sum",
      start: 6,
      end: 10,
    });
    expect(found("/要約|")?.query).toBe("要約");
  });

  it("is text elsewhere", () => {
    for (const text of ["a /b|", "/etc/passwd|", "/a b|", "|/a", "/a| b", "https://|"]) {
      expect(found(text), text).toBeNull();
    }
  });
});

describe("an at sign", () => {
  it("names an agent at the start of a word", () => {
    expect(found("@|")).toEqual({ kind: "agent", query: "", start: 0, end: 1 });
    expect(found("please @Tra|, find")).toEqual({
      kind: "agent",
      query: "tra",
      start: 7,
      end: 11,
    });
  });

  it("is text in an address", () => {
    for (const text of ["ada@ex|", "@a| b@c".replace("| ", "|x "), "@ |", "@a.b|"]) {
      expect(found(text), text).toBeNull();
    }
  });
});
