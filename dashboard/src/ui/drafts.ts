/** Text that was written but not sent or saved: it survives a reload, not a sign-out. */
import { useState } from "react";

const PREFIX = "sophon.draft.";

export function readDraft(key: string): string | null {
  return localStorage.getItem(PREFIX + key);
}

/** Keeps a draft under `key`, or none. */
export function writeDraft(key: string, text: string | null) {
  if (text === null) localStorage.removeItem(PREFIX + key);
  else localStorage.setItem(PREFIX + key, text);
}

/** The draft under `key`, and a way to keep another; null when there is none. */
export function useDraft(key: string): [string | null, (text: string | null) => void] {
  const [text, setText] = useState(() => readDraft(key));
  const keep = (next: string | null) => {
    setText(next);
    writeDraft(key, next);
  };
  return [text, keep];
}

export function forgetDrafts() {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(PREFIX)) localStorage.removeItem(name);
  }
}
