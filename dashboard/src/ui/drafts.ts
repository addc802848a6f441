/** Text that is not sent or saved yet: it survives a reload, but not a sign-out. Each tenant has its own. */
import { useState } from "react";
import { tenant } from "../api/tenant.ts";

const PREFIX = "sophon.draft.";

function nameOf(key: string): string {
  const slug = tenant.read();
  return PREFIX + (slug === null ? key : `${slug}/${key}`);
}

export function readDraft(key: string): string | null {
  return localStorage.getItem(nameOf(key));
}

/** Stores a draft under `key`, or removes it. */
export function writeDraft(key: string, text: string | null) {
  if (text === null) localStorage.removeItem(nameOf(key));
  else localStorage.setItem(nameOf(key), text);
}

/** The draft under `key`, null if there is none, and a function that replaces it. */
export function useDraft(key: string): [string | null, (text: string | null) => void] {
  const [text, setText] = useState(() => readDraft(key));
  const keep = (next: string | null) => {
    setText(next);
    writeDraft(key, next);
  };
  return [text, keep];
}

export function clearDrafts() {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(PREFIX)) localStorage.removeItem(name);
  }
}
