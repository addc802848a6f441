import { expect, it } from "vitest";
import { next } from "./use-gradual.ts";

it("shows a little more at a time, until it is all there", () => {
  const text = "x".repeat(5_000);
  const steps = [""];
  while (steps.at(-1) !== text) steps.push(next(text, steps.at(-1) ?? ""));
  expect(steps.map((step) => step.length)).toEqual([0, 2_000, 4_000, 5_000]);
});

it("shows at once what is another text, or far ahead", () => {
  expect(next("Another", "Text")).toBe("Another");
  expect(next("x".repeat(50_000), "x")).toHaveLength(50_000);
});

it("never shows half a character", () => {
  expect(next("\u{1f600}".repeat(3_000), "")).not.toMatch(/\p{Surrogate}/u);
  expect(next(`a${"\u{1f600}".repeat(3_000)}`, "")).not.toMatch(/\p{Surrogate}/u);
});
