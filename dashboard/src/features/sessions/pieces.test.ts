import { describe, expect, it } from "vitest";
import type { ToolView } from "../../entities/session/session-state.ts";
import { piecesOf } from "./pieces.ts";

const call = (id: string, textOffset?: number): ToolView => ({
  id,
  toolName: "clock",
  status: "completed",
  ...(textOffset !== undefined && { textOffset }),
});

/** Text as it is, calls by their ids. */
const shown = (text: string, calls: ToolView[]) =>
  piecesOf(text, calls).map((piece) =>
    piece.kind === "text" ? piece.text : piece.calls.map(({ id }) => id),
  );

describe("the pieces of an answer", () => {
  it("come in the order in which they came about", () => {
    expect(shown("Let me look. It is noon.", [call("a", 12), call("b", 12)])).toEqual([
      "Let me look.",
      ["a", "b"],
      " It is noon.",
    ]);
    expect(shown("one two three", [call("b", 7), call("a", 3)])).toEqual([
      "one",
      ["a"],
      " two",
      ["b"],
      " three",
    ]);
  });

  it("begin with the calls of which nobody knows when they were made", () => {
    expect(shown("It is noon.", [call("a"), call("b", 0)])).toEqual([["a", "b"], "It is noon."]);
    expect(shown("", [])).toEqual([""]);
  });

  it("are counted in bytes and cut between characters", () => {
    expect(shown("é€🙂 then", [call("a", 9)])).toEqual(["é€🙂", ["a"], " then"]);
  });

  it("end with a call whose text has not come yet", () => {
    expect(shown("Let", [call("a", 12)])).toEqual(["Let", ["a"], ""]);
  });
});
