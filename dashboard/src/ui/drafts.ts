/** Text that was written but not sent or saved: it survives a reload, not a sign-out. */
import { useState } from "react";

const PREFIX = "sophon.draft.";

/** The draft under `key`, and a way to keep another; null when there is none. */
export function useDraft(key: string): [string | null, (text: string | null) => void] {
  const name = PREFIX + key;
  const [text, setText] = useState(() => localStorage.getItem(name));
  const keep = (next: string | null) => {
    setText(next);
    if (next === null) localStorage.removeItem(name);
    else localStorage.setItem(name, next);
  };
  return [text, keep];
}

export function forgetDrafts() {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(PREFIX)) localStorage.removeItem(name);
  }
}
