import { expect, test } from "vitest";
import { slugOf } from "./slug.ts";

test("a slug is made of what of the name can stand in an address", () => {
  expect(slugOf("Acme Inc.")).toBe("acme-inc");
  expect(slugOf(" Team 7 / North ")).toBe("team-7-north");
  expect(slugOf("日本")).toBe("");
  expect(slugOf("x".repeat(80))).toHaveLength(63);
  expect(slugOf(`${"x".repeat(62)} y`)).toBe("x".repeat(62));
});
