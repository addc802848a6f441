/** Reads Markdown into tokens: blocks first, and what stands in a block only when it is shown. */
import { Lexer, Marked, type MarkedToken, type Tokens } from "marked";
import { footnotes, type Footnote, type FootnoteMark } from "./footnotes.ts";
import { formulas, type Formula } from "./math.ts";

export type Token = MarkedToken | Formula | Footnote | FootnoteMark;

/** What links refer to, by their names. */
export type Links = Record<string, Pick<Tokens.Link, "href" | "title">>;

const { defaults } = new Marked({ gfm: true, extensions: [...formulas, ...footnotes] });

/** The blocks of a text; what stands in them is not read yet. A text that nests too deeply is one paragraph. */
export function blocksOf(source: string): Token[] {
  const lexer = new Lexer(defaults);
  const text = source.replaceAll(/\r\n?/g, "\n");
  try {
    return lexer.blockTokens(text, []) as Token[];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [{ type: "html", raw: text, text, pre: false, block: true }];
  }
}

/** What stands in a block. */
export function inlinesOf(text: string, links: Links): Token[] {
  const lexer = new Lexer(defaults);
  lexer.tokens.links = links;
  try {
    return lexer.inlineTokens(text) as Token[];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [{ type: "text", raw: text, text }];
  }
}

/** What the lines that define links say. */
export function linksOf(definitions: string): Links {
  const lexer = new Lexer(defaults);
  lexer.blockTokens(definitions, lexer.tokens);
  return lexer.tokens.links;
}

/** Longer texts (characters) are read in pieces, since reading may take the square of their length. */
const MAX_PIECE = 2_000;

/** The text of a paragraph in pieces that end after a word, where there is one. */
export function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let from = 0;
  while (text.length - from > MAX_PIECE) {
    const space = text.lastIndexOf(" ", from + MAX_PIECE - 1);
    const to = space > from ? space + 1 : from + MAX_PIECE;
    pieces.push(text.slice(from, to));
    from = to;
  }
  return [...pieces, text.slice(from)];
}
