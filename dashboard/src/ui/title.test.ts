import { expect, it } from "vitest";
import { windowTitle } from "./title.tsx";

it("names the page, and first of all how much waits", () => {
  expect(windowTitle(null, 0)).toBe("Sophon");
  expect(windowTitle("Nodes", 0)).toBe("Nodes · Sophon");
  expect(windowTitle("Nodes", 2)).toBe("(2) Nodes · Sophon");
});
