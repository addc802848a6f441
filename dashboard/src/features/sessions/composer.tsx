import { useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";
import { IconButton } from "../../ui/button.tsx";
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
  const [text, setText] = useDraft(draftKey);
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
    setText("");
    onSend(content).catch(() => setText(content));
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
        onChange={(event) => setText(event.target.value)}
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

/** Text that survives a reload, until it is sent. */
function useDraft(key: string): [string, (text: string) => void] {
  const name = `sophon.draft.${key}`;
  const [text, setText] = useState(() => localStorage.getItem(name) ?? "");
  const keep = (next: string) => {
    setText(next);
    if (next === "") localStorage.removeItem(name);
    else localStorage.setItem(name, next);
  };
  return [text, keep];
}
