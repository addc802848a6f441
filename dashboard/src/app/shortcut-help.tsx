/** The overlay that lists the keyboard shortcuts. */
import { Dialog } from "../ui/dialog.tsx";
import { COMMAND } from "./command-key.ts";
import styles from "./shortcut-help.module.css";
import { shortcuts as t } from "../messages/en/shortcuts.ts";

/** What is listed: the keys, and what they do. */
const SHORTCUTS: readonly { keys: readonly string[]; does: keyof typeof t.does }[] = [
  { keys: [COMMAND, "K"], does: "palette" },
  { keys: [COMMAND, "Shift", "O"], does: "newChat" },
  { keys: ["Enter"], does: "send" },
  { keys: ["Shift", "Enter"], does: "newLine" },
  { keys: ["Esc"], does: "close" },
  { keys: ["?"], does: "help" },
];

export function ShortcutHelp({ onClose }: { onClose: () => void }) {
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
