import { expect, it } from "vitest";
import { sizeText } from "./attachments.ts";

it.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [999, "999 bytes"],
  [1_234, "1.2 kB"],
  [25 * 1024 * 1024, "26.2 MB"],
  [123_456_789, "123 MB"],
])("shows %i bytes as %s", (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});
