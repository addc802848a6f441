/**
 * The texts of the dashboard, in sections.
 *
 * English is compiled in: each section is a file in `en/` and travels with the code that shows it. A translation is a
 * file `translations/<language>.ts` whose default export is a `Translation`; it is fetched only for people who prefer
 * that language, and replaces the texts in place before the first render. So read a text where it is shown
 * (`sessions.title`), and never copy one into a constant when a module is loaded.
 */
export type Translation = typeof import("./en.ts");

const sections = new Map<string, object>();
let translated: Record<string, object> = {};
let pluralRules = new Intl.PluralRules("en");

/** Registers a section of the catalogue under the name by which `en.ts` exports it. */
export function section<Texts extends object>(name: keyof Translation, english: Texts): Texts {
  const texts = { ...english, ...translated[name] };
  sections.set(name, texts);
  return texts;
}

/** Replaces the texts of all sections, loaded or not. Call it before the first render. */
export function translate(language: string, translation: Partial<Translation>) {
  translated = translation;
  pluralRules = new Intl.PluralRules(language);
  for (const [name, texts] of sections) Object.assign(texts, translated[name]);
}

const translations = import.meta.glob<Translation>("./translations/*.ts", { import: "default" });

/** The languages that there is a text for everything in, as their speakers call them. */
export const LANGUAGES = {
  en: "English",
  de: "Deutsch",
  es: "Español",
  ja: "日本語",
  zh: "中文",
};

export type Language = keyof typeof LANGUAGES;

/** The language that was chosen in this browser; null for the browser's own. */
export function chosenLanguage(): Language | null {
  const chosen = localStorage.getItem(KEY);
  return chosen !== null && chosen in LANGUAGES ? (chosen as Language) : null;
}

/** Chooses a language. It is there when the page is loaded again. */
export function chooseLanguage(language: Language | null) {
  if (language === null) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, language);
}

const KEY = "sophon.language";

/** Loads the first of the preferred languages that there is a translation for; English needs none. */
export async function loadTranslation(preferred: readonly string[]) {
  for (const tag of preferred) {
    const [language = tag] = tag.split("-");
    if (language === "en") return;
    const load = translations[`./translations/${language}.ts`];
    if (load === undefined) continue;
    translate(language, await load());
    document.documentElement.lang = language;
    return;
  }
}

type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** The form for a count; `#` stands for the count: `plural(2, { one: "# round", other: "# rounds" })`. */
export function plural(count: number, forms: PluralForms): string {
  return (forms[pluralRules.select(count)] ?? forms.other).replace("#", count.toLocaleString());
}
