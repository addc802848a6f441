import { useLayoutEffect, useRef, type KeyboardEvent } from "react";
import { IconButton } from "../../ui/button.tsx";
import { useDraft } from "../../ui/drafts.ts";
import styles from "./composer.module.css";
import { sessions as t } from "../../messages/en/sessions.ts";

interface ComposerProps {
  /** The key of the draft that keeps the unsent text. */
  draftKey: string;
  placeholder: string;
  /** Present while an agent is working. */
  onStop?: (() => void) | undefined;
  /** If it rejects, the text is put back. */
  onSend: (text: string) => Promise<void>;
}

export function Composer({ draftKey, placeholder, onStop, onSend }: ComposerProps) {
  const [draft, setDraft] = useDraft(draftKey);
  const text = draft ?? "";
  const box = useRef<HTMLTextAreaElement>(null);

  useLayoutEffect(() => {
    const area = box.current;
    if (area === null) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
  }, [text]);

  const send = () => {
    const content = text.trim();
    if (content === "") return;
    setDraft(null);
    onSend(content).catch(() => setDraft(content));
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={box}
        rows={1}
        aria-label={t.message}
        placeholder={placeholder}
        autoFocus={hasKeyboard()}
        value={text}
        onChange={(event) => setDraft(event.target.value === "" ? null : event.target.value)}
        onKeyDown={onKeyDown}
      />
      {onStop && <IconButton icon="stop" label={t.stop} variant="danger" onClick={onStop} />}
      <IconButton
        type="submit"
        icon="send"
        label={t.send}
        variant="primary"
        disabled={text.trim() === ""}
      />
    </form>
  );
}

/** On a phone, focus would open the on-screen keyboard. */
function hasKeyboard(): boolean {
  return window.matchMedia("(pointer: fine)").matches;
}
