import { describe, expect, it } from "vitest";
import { LANGUAGES } from "./catalogue.ts";
import * as english from "./en.ts";

const translations = import.meta.glob<Record<string, unknown>>("./translations/*.ts", {
  eager: true,
  import: "default",
});

/** The texts of a catalogue by their paths. Of those that are made of something it is only known that they are. */
function texts(catalogue: unknown, path = ""): Map<string, string | null> {
  if (typeof catalogue === "string") return new Map([[path, catalogue]]);
  if (typeof catalogue === "function") return new Map([[path, null]]);
  const parts = Object.entries(catalogue as object);
  return new Map(parts.flatMap(([name, part]) => [...texts(part, `${path}/${name}`)]));
}

/** The parts of a text that the page fills in. */
function marks(text: string | null | undefined): string[] {
  return [...(text ?? "").matchAll(/<\/?[a-z]+\/?>/g)].map(([mark]) => mark).sort();
}

const expected = texts(english);

describe.each(Object.entries(translations))("the translation %s", (_, translation) => {
  const translated = texts(translation);

  it("has all texts, and none that is left over", () => {
    expect([...translated.keys()].sort()).toEqual([...expected.keys()].sort());
  });

  it("has the same parts in each text", () => {
    for (const [path, text] of expected) {
      expect(marks(translated.get(path)), path).toEqual(marks(text));
      expect(typeof translated.get(path), path).toBe(typeof text);
    }
  });

  it("leaves no text empty, and no sentence in English", () => {
    for (const [path, text] of translated) {
      if (text === null) continue;
      expect(text.trim(), path).not.toBe("");
      if (text.split(" ").length > 3) expect(text, path).not.toBe(expected.get(path));
    }
  });
});

it("is there for each language that can be chosen, but English", () => {
  const files = Object.keys(translations).map((path) => path.replace(/.*\/(.*)\.ts/, "$1"));
  expect(["en", ...files].sort()).toEqual(Object.keys(LANGUAGES).sort());
});
