/** Footnotes in Markdown: `[^1]` in the text, and `[^1]: …` where the note stands. Each is shown where it stands. */
import type { TokenizerAndRendererExtension, Tokens } from "marked";

export interface FootnoteMark extends Tokens.Generic {
  type: "footnoteMark";
  label: string;
}

export interface Footnote extends Tokens.Generic {
  type: "footnote";
  label: string;
  text: string;
}

const mark: TokenizerAndRendererExtension = {
  name: "footnoteMark",
  level: "inline",
  start: (source) => {
    const at = source.indexOf("[^");
    return at < 0 ? undefined : at;
  },
  tokenizer(source): FootnoteMark | undefined {
    const [raw, label] = /^\[\^([^\s\]]{1,50})\](?!:)/.exec(source) ?? [];
    if (raw === undefined || label === undefined) return undefined;
    return { type: "footnoteMark", raw, label };
  },
};

const note: TokenizerAndRendererExtension = {
  name: "footnote",
  level: "block",
  tokenizer(source): Footnote | undefined {
    const pattern =
      /^ {0,3}\[\^([^\s\]]{1,50})\]:[ \t]*([^\n]*(?:\n(?!\s*\n|\s*\[\^)[^\n]+)*)(?:\n+|$)/;
    const [raw, label, text] = pattern.exec(source) ?? [];
    if (raw === undefined || label === undefined || text === undefined) return undefined;
    return { type: "footnote", raw, label, text };
  },
};

export const footnotes = [mark, note];
