/**
 * Untrusted text, split into parts that are shown as they are and parts that have to be made visible.
 *
 * Someone who approves an action must see what will really be done: control characters, characters without
 * a glyph, unusual spaces and marks that change the writing direction are shown as code points. Words of
 * right-to-left scripts are isolated, so that they cannot reorder the text beside them.
 */
export interface VisiblePart {
  kind: "plain" | "hidden" | "leftward";
  text: string;
}

const HIDDEN =
  /(?![\n\t ])[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;
const LEFTWARD =
  "\\u0590-\\u08ff\\ufb1d-\\ufdff\\ufe70-\\ufefe\\u{10800}-\\u{10fff}\\u{1e800}-\\u{1efff}";
const PARTS = new RegExp(
  `(?<hidden>${HIDDEN.source})|(?<leftward>(?:(?!${HIDDEN.source})[${LEFTWARD}])+)`,
  "gu",
);

export function visibleParts(text: string): VisiblePart[] {
  const parts: VisiblePart[] = [];
  let end = 0;
  for (const match of text.matchAll(PARTS)) {
    if (match.index > end) parts.push({ kind: "plain", text: text.slice(end, match.index) });
    const kind = match.groups?.hidden === undefined ? "leftward" : "hidden";
    parts.push({ kind, text: kind === "hidden" ? codePoint(match[0]) : match[0] });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ kind: "plain", text: text.slice(end) });
  return parts;
}

function codePoint(character: string): string {
  const number = character.codePointAt(0) ?? 0;
  return `U+${number.toString(16).toUpperCase().padStart(4, "0")}`;
}
