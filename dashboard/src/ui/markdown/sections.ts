/**
 * Cuts a Markdown text, of any length, into sections that are parsed and shown by themselves. While the text grows, only
 * the last section changes.
 *
 * A section ends where one block ends and another begins. A list, a table or a paragraph without an end is cut as
 * well, where the rest can be read by itself; code never is, since it needs no parsing.
 */

/** A section is at least this long (characters), unless it is the last. */
const ENOUGH = 2_000;
/** From this length on (characters) a section also ends inside a list, a table or a paragraph. */
const TOO_LONG = 6_000;
/** From this length on (characters) a section ends at any line. */
const FAR_TOO_LONG = 24_000;

export interface Section {
  /** Where it begins in the text. */
  from: number;
  /** What has to stand before it, so that it can be read by itself. */
  head: string;
  /** With the head. */
  source: string;
  /** What the section before it left off in. */
  continues: "list" | "table" | "paragraph" | null;
  /** The number of its first item, if it continues an ordered list. */
  start: number | null;
  /** The lines in it that say what links refer to, in other sections too. */
  definitions: string;
}

export interface Sections {
  text: string;
  sections: readonly Section[];
}

export const noSections: Sections = { text: "", sections: [] };

/** The sections of `text`; those of an earlier text that it begins with are kept. */
export function cut(text: string, before: Sections): Sections {
  if (text === before.text) return before;
  const grew = text.startsWith(before.text);
  const kept = grew ? before.sections.slice(0, -1) : [];
  const last = grew ? before.sections.at(-1) : undefined;
  const sections = [...kept];
  let next: Beginning | null = last ?? { from: 0, ...CLEAN };
  while (next !== null) {
    const { section, following }: Cut = scan(text, next);
    sections.push(section);
    next = following;
  }
  return { text, sections };
}

type Beginning = Pick<Section, "from" | "head" | "continues" | "start">;

const CLEAN = { head: "", continues: null, start: null };

interface Cut {
  section: Section;
  following: Beginning | null;
}

const FENCE = /^(?:[ \t>]|[-*+] |\d{1,9}[.)] )*(`{3,}(?=[^`]*$)|~{3,})/;
const FENCE_ONLY = /^(?:`+|~+)$/;
const FORMULA = /^ {0,3}(?:\$\$|\\\[)/;
const ITEM = /^(?:[-*+]|(\d{1,9})[.)])(?: |\t|$)/;
const COLUMNS = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;
const DEFINITION = /^ {0,3}\[[^\]]+\]:\s*\S/;

class Scanner {
  private fence: string | null = null;
  private formula: string | null = null;
  private previous = "";
  private isList: boolean;
  /** The first two lines of the table that the line is in. */
  private table: string | null;
  private items = 0;
  private first: number | null;
  readonly definitions: string[] = [];

  constructor({ continues, start, head }: Beginning) {
    this.isList = continues === "list";
    this.table = continues === "table" ? head : null;
    this.first = start;
  }

  /** What a section that begins with `line`, after `length` characters, would continue; undefined if none may. */
  boundary(line: string, length: number): Omit<Beginning, "from"> | undefined {
    if (!this.isText || length < ENOUGH || line.trim() === "") return undefined;
    const item = ITEM.exec(line);
    const afterBlock = this.previous.trim() === "" || FENCE.test(line) || line.startsWith("#");
    if (afterBlock && !/^[ \t]/.test(line) && !(this.isList && item)) return CLEAN;
    if (length < TOO_LONG) return undefined;
    if (this.isList && item) {
      const start = this.first === null ? null : this.first + this.items;
      return { head: "", continues: "list", start };
    }
    if (this.table !== null) return { ...CLEAN, continues: "table", head: this.table };
    if (!this.isList || length > FAR_TOO_LONG) return { ...CLEAN, continues: "paragraph" };
    return undefined;
  }

  /** Whether a line may be cut anywhere. */
  get isText() {
    return this.fence === null && this.formula === null;
  }

  take(line: string) {
    if (this.fence !== null) {
      const end = line.replaceAll(/[\s>]/g, "");
      if (end.startsWith(this.fence) && FENCE_ONLY.test(end)) this.fence = null;
    } else if (this.formula !== null) {
      if (line.includes(this.formula)) this.formula = null;
    } else this.takeText(line);
    this.previous = line;
  }

  private takeText(line: string) {
    const fence = FENCE.exec(line);
    if (fence) this.fence = fence[1] ?? "";
    if (FORMULA.test(line)) this.takeFormula(line.trim());
    if (DEFINITION.test(line)) this.definitions.push(line);
    if (
      this.table === null &&
      COLUMNS.test(line) &&
      line.includes("|") &&
      this.previous.includes("|")
    ) {
      this.table = `${this.previous}\n${line}\n`;
    }
    if (line.trim() === "") this.table = null;
    this.takeItem(line);
  }

  private takeItem(line: string) {
    const item = ITEM.exec(line);
    if (item) {
      if (!this.isList)
        [this.items, this.first] = [0, item[1] === undefined ? null : Number(item[1])];
      this.isList = true;
      this.items += 1;
    } else if (this.previous.trim() === "" && /^\S/.test(line)) this.isList = false;
  }

  private takeFormula(line: string) {
    const end = line.startsWith("$$") ? "$$" : "\\]";
    if (!line.slice(2).includes(end)) this.formula = end;
  }
}

/** The section that begins at `beginning`. Only whole lines decide where it ends: the last may still grow. */
function scan(text: string, beginning: Beginning): Cut {
  const { from, head, continues, start } = beginning;
  const scanner = new Scanner(beginning);
  const section = (to: number): Section => ({
    from,
    head,
    source: head + text.slice(from, to),
    continues,
    start,
    definitions: scanner.definitions.join("\n"),
  });
  for (let at = from; ;) {
    const end = text.indexOf("\n", at);
    const line = text.slice(at, end === -1 ? text.length : end);
    const endless = scanner.isText && line.length >= TOO_LONG;
    if (end === -1 && !endless) {
      scanner.take(line);
      return { section: section(text.length), following: null };
    }
    const following = scanner.boundary(line, at - from);
    if (following) return { section: section(at), following: { ...following, from: at } };
    if (endless) {
      const to = wordAt(text, at + TOO_LONG);
      return { section: section(to), following: { ...CLEAN, from: to, continues: "paragraph" } };
    }
    scanner.take(line);
    at = end + 1;
  }
}

/** The end of the last word before `limit`; `limit` if there is none near. */
function wordAt(text: string, limit: number): number {
  const space = text.lastIndexOf(" ", limit - 1);
  if (space > limit - 200) return space + 1;
  const isHalf = /[\ud800-\udbff]/.test(text.charAt(limit - 1));
  return isHalf ? limit - 1 : limit;
}
