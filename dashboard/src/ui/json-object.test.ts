import { describe, expect, it } from "vitest";
import { parseJsonObject } from "./json-object.ts";

describe("edited arguments", () => {
  it("are an object of JSON", () => {
    expect(parseJsonObject('{"path": "/tmp"}')).toEqual({ ok: true, value: { path: "/tmp" } });
  });

  it.each(["", "{", "{'a': 1}", "[1]", "null", '"text"', "3"])("are not %j", (text) => {
    expect(parseJsonObject(text)).toMatchObject({ ok: false });
  });
});
