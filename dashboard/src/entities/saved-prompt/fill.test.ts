import { describe, expect, it } from "vitest";
import { builtIn, fill } from "./fill.ts";

describe("a prompt", () => {
  it("has a value in every place of a variable, with and without a default", () => {
    const text = "{{ text }} to {{language=French}}, then {{text}} again";
    const values = { text: "$& Hello", language: "Basque" };
    expect(fill(text, values)).toBe("$& Hello to Basque, then $& Hello again");
  });

  it("keeps other braces", () => {
    const text = "{{#if a}} {{}} {a} {{constructor}} {{a\n}}";
    expect(fill(text, { a: "1" })).toBe(text);
  });

  it("fills in the date, the time and the user", () => {
    const values = builtIn("Ada", new Date(2026, 10, 28, 9, 5));
    expect(fill("{{date}}, {{time}}: {{user}}", values)).toBe(
      `${values.date}, ${values.time}: Ada`,
    );
    expect(values.date).toContain("2026");
    expect(values.time).toContain("05");
  });
});
