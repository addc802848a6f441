import { expect, it } from "vitest";
import { codeFileName } from "./code-file.ts";

it("names a file of code by its language", () => {
  expect(codeFileName("TypeScript")).toBe("code.ts");
  expect(codeFileName("sql")).toBe("code.sql");
  expect(codeFileName(null)).toBe("code.txt");
  expect(codeFileName("../../etc")).toBe("code.txt");
});
