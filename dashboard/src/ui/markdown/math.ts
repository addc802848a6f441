/** Formulas in Markdown, as models write them: `$a$`, `$$a$$`, `\(a\)` and `\[a\]`. */
import type { TokenizerAndRendererExtension, Tokens } from "marked";

export interface Formula extends Tokens.Generic {
  type: "formula";
  /** TeX. */
  text: string;
  /** In a line of its own. */
  display: boolean;
}

/**
 * A dollar sign that begins a formula has no space after it, and one that ends it no space before it and no letter or
 * digit after it, so that prices and names of variables stay what they are.
 */
const INLINE = [
  { pattern: /^\$\$((?:[^$\\]|\\[^])+?)\$\$/, display: true },
  {
    pattern: /^\$(?![\s$])((?:[^$\\\n]|\\.)*?[^\s$\\]|\\[^\s])\$(?![\p{L}\p{N}$])/u,
    display: false,
  },
  { pattern: /^\\\(((?:[^\\]|\\[^)])+?)\\\)/, display: false },
  { pattern: /^\\\[((?:[^\\]|\\[^\]])+?)\\\]/, display: true },
];
const BLOCK = [
  /^ {0,3}\$\$((?:[^$\\]|\\[^])+?)\$\$[ \t]*(?:\n+|$)/,
  /^ {0,3}\\\[((?:[^\\]|\\[^\]])+?)\\\][ \t]*(?:\n+|$)/,
];

function formula(raw: string, text: string, display: boolean): Formula {
  return { type: "formula", raw, text: text.trim(), display };
}

const inline: TokenizerAndRendererExtension = {
  name: "formula",
  level: "inline",
  start: (source) => nonNegative(source.search(/\$|\\[([]/)),
  tokenizer(source) {
    for (const { pattern, display } of INLINE) {
      const [raw, text = ""] = pattern.exec(source) ?? [];
      if (raw !== undefined && text.trim() !== "") return formula(raw, text, display);
    }
    return undefined;
  },
};

const block: TokenizerAndRendererExtension = {
  name: "formulaBlock",
  level: "block",
  start: (source) => nonNegative(source.search(/^ {0,3}(?:\$\$|\\\[)/m)),
  tokenizer(source) {
    for (const pattern of BLOCK) {
      const [raw, text = ""] = pattern.exec(source) ?? [];
      if (raw !== undefined && text.trim() !== "") return formula(raw, text, true);
    }
    return undefined;
  },
};

function nonNegative(index: number): number | undefined {
  return index < 0 ? undefined : index;
}

export const formulas = [inline, block];
