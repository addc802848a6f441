import { describe, expect, it } from "vitest";
import type { Message, SessionBranch } from "../../api/types.ts";
import { alternativesOf } from "./branches.ts";

function message(id: number, branch = 0): Message {
  return { id, messageId: `msg_${id}`, branch } as Message;
}

function branch(number: number, parent: number, forksAt: number): SessionBranch {
  return { branch: number, parent, forksAt, createdAt: "" };
}

/** The question 1 was edited to 3 and 5; the answer 6 was regenerated as 7. */
const BRANCHES = [branch(1, 0, 1), branch(2, 0, 1), branch(3, 2, 6)];

describe("the alternatives of a message", () => {
  it("are those of its place, whichever is shown", () => {
    const first = alternativesOf([message(1), message(2)], BRANCHES, false);
    expect(first.get("msg_1")).toEqual({ branches: [0, 1, 2], shown: 0 });
    expect(first.has("msg_2")).toBe(false);
    const second = alternativesOf([message(3, 1), message(4, 1)], BRANCHES, false);
    expect(second.get("msg_3")).toEqual({ branches: [0, 1, 2], shown: 1 });
    expect(second.has("msg_4")).toBe(false);
  });

  it("are found in a branch of a branch", () => {
    const nested = alternativesOf([message(5, 2), message(7, 3)], BRANCHES, false);
    expect(nested.get("msg_5")).toEqual({ branches: [0, 1, 2], shown: 2 });
    expect(nested.get("msg_7")).toEqual({ branches: [2, 3], shown: 1 });
    const original = alternativesOf([message(5, 2), message(6, 2)], BRANCHES, false);
    expect(original.get("msg_6")).toEqual({ branches: [2, 3], shown: 0 });
  });

  it("are not shown at a message that only begins what is loaded", () => {
    expect(alternativesOf([message(4, 1)], BRANCHES, true).size).toBe(0);
  });

  it("are none without branches", () => {
    expect(alternativesOf([message(1)], [], false).size).toBe(0);
  });
});
