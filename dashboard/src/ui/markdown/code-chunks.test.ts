import { expect, it } from "vitest";
import { chunksOf } from "./code-chunks.ts";

const functions = Array.from({ length: 100 }, (_, i) => `function f${i}() {\n  call();\n}\n`).join(
  "",
);

it("cuts code into pieces that make it up again", () => {
  for (const code of [functions, functions.trimEnd(), "", "one line", "\n\n", "x".repeat(20_000)]) {
    expect(chunksOf(code).join("")).toBe(code);
  }
});

it("cuts where something begins", () => {
  const chunks = chunksOf(functions);
  expect(chunks.length).toBeGreaterThan(3);
  for (const chunk of chunks) expect(chunk).toMatch(/^function/);
});

it("keeps all pieces but the last while code grows", () => {
  const half = chunksOf(functions.slice(0, functions.length / 2));
  expect(chunksOf(functions).slice(0, half.length - 1)).toEqual(half.slice(0, -1));
});

it("cuts also where nothing begins", () => {
  const nested = "  deep();\n".repeat(1_000);
  expect(Math.max(...chunksOf(nested).map((chunk) => chunk.split("\n").length))).toBeLessThan(102);
});
