import { describe, expect, it } from "vitest";
import { parseParams } from "./params-text.ts";

describe("edited arguments", () => {
  it("are an object of JSON", () => {
    expect(parseParams('{"path": "/tmp"}')).toEqual({ ok: true, params: { path: "/tmp" } });
  });

  it.each(["", "{", "{'a': 1}", "[1]", "null", '"text"', "3"])("are not %j", (text) => {
    expect(parseParams(text)).toMatchObject({ ok: false });
  });
});
