import { afterEach, describe, expect, it } from "vitest";
import { loadTranslation, plural, section, translate } from "./catalogue.ts";
import { common } from "./en/common.ts";
import type { Translation } from "./catalogue.ts";

const german = {
  common: { ...common, cancel: "Abbrechen" },
  settings: { title: "Einstellungen" },
} as unknown as Translation;

afterEach(() => translate("en", { common: { ...common, cancel: "Cancel" } }));

describe("a translation", () => {
  it("replaces the texts of sections that are loaded already", () => {
    translate("de", german);
    expect(common.cancel).toBe("Abbrechen");
  });

  it("replaces the texts of sections that are loaded later, and leaves out what it lacks", () => {
    translate("de", german);
    const settings = section("settings", { title: "Settings", theme: "Theme" });
    expect(settings).toEqual({ title: "Einstellungen", theme: "Theme" });
  });

  it("is not loaded for languages that there is none for", async () => {
    await loadTranslation(["xx-YY", "en-GB"]);
    expect(common.cancel).toBe("Cancel");
  });
});

describe("a plural", () => {
  it.each([
    [0, "0 rounds"],
    [1, "1 round"],
    [2, "2 rounds"],
  ])("of %d is %s", (count, text) => {
    expect(plural(count, { one: "# round", other: "# rounds" })).toBe(text);
  });

  it("follows the rules of the language", () => {
    translate("pl", {});
    const forms = { one: "# runda", few: "# rundy", many: "# rund", other: "# rundy" };
    expect([1, 2, 5].map((count) => plural(count, forms))).toEqual([
      "1 runda",
      "2 rundy",
      "5 rund",
    ]);
  });
});
