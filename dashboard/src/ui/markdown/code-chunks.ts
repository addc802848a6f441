/**
 * Cuts code into chunks that are coloured and laid out by themselves: while code grows, only the last one changes. A
 * chunk ends before a line that begins something, where there is one.
 */

/** A chunk has at least so many lines, unless it is the last, and at most twice as many. */
const LINES = 50;
/** A chunk ends after so many characters. */
const LONGEST = 8_000;

export function chunksOf(code: string): string[] {
  const chunks: string[] = [];
  let from = 0;
  let lines = 0;
  for (let at = 0; ;) {
    const end = code.indexOf("\n", at);
    if (end === -1) return from < code.length ? [...chunks, code.slice(from)] : chunks;
    at = end + 1;
    lines += 1;
    const begins = /^[^\s)\]}]/.test(code.slice(at, at + 1));
    const isLong = lines >= 2 * LINES || at - from >= LONGEST;
    if (isLong || (lines >= LINES && begins)) {
      chunks.push(code.slice(from, at));
      from = at;
      lines = 0;
    }
  }
}
