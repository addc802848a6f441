import { describe, expect, it } from "vitest";
import { allowedBy, allows, toggled } from "./allowlist.ts";

describe("an allowlist", () => {
  it("matches whole names, and beginnings that end in *", () => {
    expect(allows("memory.*", "memory.recall")).toBe(true);
    expect(allows("memory.*", "memoryXrecall")).toBe(false);
    expect(allows("calc", "calculator")).toBe(false);
    expect(allows("*", "anything.at.all")).toBe(true);
  });

  it("names the pattern that lets a tool through", () => {
    expect(allowedBy(["web.*", "calculator"], "calculator")).toBe("calculator");
    expect(allowedBy(["web.*"], "calculator")).toBeUndefined();
  });

  it("takes single tools in and out, and leaves patterns alone", () => {
    expect(toggled(["web.*"], "calculator")).toEqual(["web.*", "calculator"]);
    expect(toggled(["web.*", "calculator"], "calculator")).toEqual(["web.*"]);
  });
});
