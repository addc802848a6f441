import { expect, it } from "vitest";
import { decoded, safeAddress } from "./text.ts";

it("reads character references, and leaves alone what is none", () => {
  expect(decoded("AT&amp;T &#38; &#x26; &lt;b&gt; &nbsp;")).toBe("AT&T & & <b> \u00a0");
  expect(decoded("R&D, &nosuchname; &;")).toBe("R&D, &nosuchname; &;");
  expect(decoded("&#0; &#xD800; &#9999999;")).toBe("\ufffd \ufffd \ufffd");
});

it("knows which addresses only lead somewhere", () => {
  for (const address of ["https://a.example", "mailto:a@b.c", "/path?a=b:c", "#part", "a/b:c"]) {
    expect(safeAddress(address)).toBe(address);
  }
  for (const address of [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    " javascript:x",
    "java\nscript:x",
    "vbscript:x",
  ]) {
    expect(safeAddress(address)).toBeUndefined();
  }
});
