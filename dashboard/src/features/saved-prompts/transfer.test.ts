import { describe, expect, it } from "vitest";
import type { SavedPrompt } from "../../api/types.ts";
import { exported, parsePrompts } from "./transfer.ts";

const prompt: SavedPrompt = {
  id: "prompt_1",
  command: "sum",
  title: "Sum up",
  content: "Sum up {{text}}.",
  variables: [{ name: "text", default: null }],
  shared: true,
  createdAt: "2026-11-28T00:00:00Z",
  updatedAt: "2026-11-28T00:00:00Z",
};

describe("a file of prompts", () => {
  it("holds what a prompt says, and not whose it is", async () => {
    const parsed = parsePrompts(await exported([prompt]).text());
    expect(parsed).toEqual([{ command: "sum", title: "Sum up", content: "Sum up {{text}}." }]);
  });

  it("is refused as a whole if something else is in it", () => {
    for (const text of ["", "{}", "[]", "[1]", "[null]", '[{"command":"a"}]', "[{]"]) {
      expect(() => parsePrompts(text), text).toThrow(/holds no prompts/);
    }
  });
});
