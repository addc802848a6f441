/** The keyboard shortcuts of every page, and the overlay that lists them. */
import { useEffect, useEffectEvent, useState } from "react";
import { useLocation } from "wouter";
import type { NavigationEntry } from "../features/feature.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Palette } from "./palette.tsx";
import styles from "./shortcuts.module.css";
import { shortcuts as t } from "../messages/en/shortcuts.ts";

/** The key that commands are given with. */
const IS_APPLE = /mac|iphone|ipad/i.test(navigator.userAgent);
const COMMAND = IS_APPLE ? "⌘" : "Ctrl";

/** What is listed: the keys, and what they do. */
const SHORTCUTS: readonly { keys: readonly string[]; does: keyof typeof t.does }[] = [
  { keys: [COMMAND, "K"], does: "palette" },
  { keys: [COMMAND, "Shift", "O"], does: "newChat" },
  { keys: ["Enter"], does: "send" },
  { keys: ["Shift", "Enter"], does: "newLine" },
  { keys: ["Esc"], does: "close" },
  { keys: ["?"], does: "help" },
];

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
  if (open === "palette") return <Palette entries={entries} onClose={close} />;
  if (open === "help") return <Help onClose={close} />;
  return null;
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

function Help({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t.title} onClose={onClose}>
      <dl className={styles.shortcuts}>
        {SHORTCUTS.map(({ keys, does }) => (
          <div key={does}>
            <dt>{t.does[does]}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
