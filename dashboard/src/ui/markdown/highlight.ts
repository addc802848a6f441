/** Code highlighting, loaded on demand, each language by itself. Returns elements with classes, never HTML text. */
import { toJsxRuntime } from "hast-util-to-jsx-runtime";
import type { LanguageFn } from "highlight.js";
import { createLowlight } from "lowlight";
import type { ReactNode } from "react";
import { Fragment, jsx, jsxs } from "react/jsx-runtime";

type Load = () => Promise<{ default: LanguageFn }>;

const LANGUAGES: Record<string, { load: Load; aliases?: string[] }> = {
  bash: { load: () => import("highlight.js/lib/languages/bash"), aliases: ["sh", "zsh", "shell"] },
  c: { load: () => import("highlight.js/lib/languages/c"), aliases: ["h"] },
  cpp: { load: () => import("highlight.js/lib/languages/cpp"), aliases: ["c++", "cc", "hpp"] },
  csharp: { load: () => import("highlight.js/lib/languages/csharp"), aliases: ["cs", "c#"] },
  css: { load: () => import("highlight.js/lib/languages/css") },
  diff: { load: () => import("highlight.js/lib/languages/diff"), aliases: ["patch"] },
  go: { load: () => import("highlight.js/lib/languages/go"), aliases: ["golang"] },
  ini: { load: () => import("highlight.js/lib/languages/ini"), aliases: ["toml"] },
  java: { load: () => import("highlight.js/lib/languages/java") },
  javascript: {
    load: () => import("highlight.js/lib/languages/javascript"),
    aliases: ["js", "jsx", "mjs", "cjs"],
  },
  json: { load: () => import("highlight.js/lib/languages/json"), aliases: ["jsonc", "json5"] },
  markdown: { load: () => import("highlight.js/lib/languages/markdown"), aliases: ["md"] },
  python: { load: () => import("highlight.js/lib/languages/python"), aliases: ["py"] },
  rust: { load: () => import("highlight.js/lib/languages/rust"), aliases: ["rs"] },
  sql: { load: () => import("highlight.js/lib/languages/sql") },
  typescript: {
    load: () => import("highlight.js/lib/languages/typescript"),
    aliases: ["ts", "tsx", "mts"],
  },
  xml: {
    load: () => import("highlight.js/lib/languages/xml"),
    aliases: ["html", "svg", "xhtml"],
  },
  yaml: { load: () => import("highlight.js/lib/languages/yaml"), aliases: ["yml"] },
};

const lowlight = createLowlight();

/** Longer code (characters) is shown plain: a line without an end. */
const MAX_LENGTH = 10_000;

export type Highlight = (code: string) => ReactNode;

/** What colours code of a language; null for one that is not known. */
export async function highlighter(language: string): Promise<Highlight | null> {
  const wanted = language.toLowerCase();
  const known = Object.entries(LANGUAGES).find(
    ([name, { aliases }]) => name === wanted || aliases?.includes(wanted),
  );
  if (known === undefined) return null;
  const [name, { load }] = known;
  if (!lowlight.registered(name)) lowlight.register(name, (await load()).default);
  return (code) => {
    if (code.length > MAX_LENGTH) return code;
    return toJsxRuntime(lowlight.highlight(name, code), { Fragment, jsx, jsxs }) as ReactNode;
  };
}
