/** An answer in the order in which it came about: text, then the tools that were called after it, and so on. */
import type { ToolView } from "../../entities/session/session-state.ts";

export type Piece = { kind: "text"; text: string } | { kind: "tools"; calls: ToolView[] };

export function piecesOf(text: string, calls: ToolView[]): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  const inOrder = calls.toSorted((a, b) => offsetOf(a) - offsetOf(b));
  for (const call of inOrder) {
    const end = indexAt(text, offsetOf(call));
    if (end > start) pieces.push({ kind: "text", text: text.slice(start, end) });
    const last = pieces.at(-1);
    if (last?.kind === "tools") last.calls.push(call);
    else pieces.push({ kind: "tools", calls: [call] });
    start = Math.max(start, end);
  }
  pieces.push({ kind: "text", text: text.slice(start) });
  return pieces;
}

function offsetOf({ textOffset }: ToolView): number {
  return textOffset ?? 0;
}

/** The index in a text (UTF-16) of what stands after so many bytes (UTF-8); the end of the text if it is shorter. */
function indexAt(text: string, bytes: number): number {
  let index = 0;
  for (let left = bytes; left > 0 && index < text.length;) {
    const code = text.codePointAt(index) ?? 0;
    left -= code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    index += code < 0x10000 ? 1 : 2;
  }
  return index;
}
