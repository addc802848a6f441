import { useLayoutEffect, useRef, type KeyboardEvent } from "react";
import { IconButton } from "../../ui/button.tsx";
import { useDraft } from "../../ui/drafts.ts";
import styles from "./composer.module.css";

interface ComposerProps {
  /** Where the unsent text is kept. */
  draftKey: string;
  placeholder: string;
  /** Shown while an agent is at work. */
  onStop?: (() => void) | undefined;
  /** A rejection puts the text back. */
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
        aria-label="Message"
        placeholder={placeholder}
        autoFocus={hasKeyboard()}
        value={text}
        onChange={(event) => setDraft(event.target.value === "" ? null : event.target.value)}
        onKeyDown={onKeyDown}
      />
      {onStop && <IconButton icon="stop" label="Stop" look="danger" onClick={onStop} />}
      <IconButton
        type="submit"
        icon="send"
        label="Send"
        look="primary"
        disabled={text.trim() === ""}
      />
    </form>
  );
}

/** On a phone focus would open the keyboard over half of the page. */
function hasKeyboard(): boolean {
  return window.matchMedia("(pointer: fine)").matches;
}
