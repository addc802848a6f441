import { Fragment, type ReactNode } from "react";

type Part = ReactNode | ((content: string) => ReactNode);

interface RichProps {
  /** A text of the catalogue, with tags: `Run <code>sophon-node start</code>`, `Saved <time/>`. */
  text: string;
  /** What to show for each tag other than `code`. Values go here and never into the text. */
  parts?: Record<string, Part>;
}

const TAG = /<(\w+)(?:\/>|>(.*?)<\/\1>)/g;

/** A text that is not plain throughout. Its word order, tags included, is up to the catalogue. */
export function Rich({ text, parts = {} }: RichProps) {
  const shown: ReactNode[] = [];
  let end = 0;
  for (const match of text.matchAll(TAG)) {
    const [tag, name = "", content = ""] = match;
    shown.push(text.slice(end, match.index));
    end = match.index + tag.length;
    const part: Part = name === "code" ? <code>{content}</code> : parts[name];
    shown.push(typeof part === "function" ? part(content) : part);
  }
  shown.push(text.slice(end));
  return shown.map((part, index) => <Fragment key={index}>{part}</Fragment>);
}
