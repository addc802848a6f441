/** Plain text and addresses as Markdown writes them. */
import { decodeNamedCharacterReference } from "decode-named-character-reference";

const REFERENCE = /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([a-zA-Z][\da-zA-Z]{1,31}));/g;

/** The text with `&amp;`, `&#38;` and `&#x26;` as the characters that they stand for. */
export function decoded(text: string): string {
  if (!text.includes("&")) return text;
  return text.replaceAll(REFERENCE, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return decodeNamedCharacterReference(name) || whole;
    return character(decimal === undefined ? parseInt(hex ?? "", 16) : Number(decimal));
  });
}

function character(code: number): string {
  const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : "\ufffd";
}

const SAFE = /^(?:https?|ircs?|mailto|xmpp)$/i;

/** The address, unless it would run something: only known protocols, and addresses without any. */
export function safeAddress(address: string): string | undefined {
  const [, protocol] = /^([^/?#]*?):/.exec(address) ?? [];
  return protocol === undefined || SAFE.test(protocol) ? address : undefined;
}
