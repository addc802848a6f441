import { describe, expect, it } from "vitest";
import { PERSONA, problemOf, speakerOf } from "./speakers.ts";

const draft = (agentId: string, name = "", persona = "") => ({ key: 0, agentId, name, persona });

describe("who speaks", () => {
  it("is an agent by its id, or a persona by name and description", () => {
    expect(speakerOf(draft("agt_1", "left over"))).toEqual({ agentId: "agt_1" });
    expect(speakerOf(draft(PERSONA, " Ann ", " A sceptic. "))).toEqual({
      name: "Ann",
      persona: "A sceptic.",
    });
  });

  it("is there once", () => {
    expect(problemOf([draft("agt_1"), draft("agt_2")])).toBeNull();
    expect(problemOf([draft("agt_1"), draft("agt_1")])).toMatch(/once/);
    expect(problemOf([draft(PERSONA, "Ann"), draft(PERSONA, "Ann ")])).toMatch(/names/);
  });
});
