/** The keyboard shortcuts of every page. */
import { Suspense, useEffect, useEffectEvent, useState } from "react";
import { useLocation } from "wouter";
import type { NavigationEntry } from "../features/feature.ts";
import { lazyComponent } from "../ui/lazy.tsx";
import { IS_APPLE } from "./command-key.ts";

const Palette = lazyComponent(async () => (await import("./palette.tsx")).Palette);
const ShortcutHelp = lazyComponent(async () => (await import("./shortcut-help.tsx")).ShortcutHelp);

type Open = "palette" | "help" | null;

export function Shortcuts({ entries }: { entries: readonly NavigationEntry[] }) {
  const [open, setOpen] = useState<Open>(null);
  const [, navigate] = useLocation();

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const act = actionOf(event);
    if (act === null) return;
    // A dialog that is open has the keyboard to itself; the palette's own key closes it.
    if (open === null && document.querySelector("dialog[open]") !== null) return;
    event.preventDefault();
    if (act === "new") {
      setOpen(null);
      navigate("/sessions/new");
    } else {
      setOpen(open === act ? null : act);
    }
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, []);

  const close = () => setOpen(null);
  return (
    <Suspense>
      {open === "palette" && <Palette entries={entries} onClose={close} />}
      {open === "help" && <ShortcutHelp onClose={close} />}
    </Suspense>
  );
}

/** What a key that was pressed asks for. Where text is typed, `?` is a character. */
function actionOf(event: KeyboardEvent): "palette" | "help" | "new" | null {
  const key = event.key.toLowerCase();
  const withCommand = IS_APPLE ? event.metaKey : event.ctrlKey;
  if (event.altKey || event.isComposing) return null;
  if (withCommand && !event.shiftKey && key === "k") return "palette";
  if (withCommand && event.shiftKey && key === "o") return "new";
  if (!withCommand && key === "?" && !isTypedInto(event.target)) return "help";
  return null;
}

function isTypedInto(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches("input, textarea, select, [contenteditable]");
}
