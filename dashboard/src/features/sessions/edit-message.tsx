/** A message of the user's own, as it is edited in its place. */
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { useToast } from "../../ui/toast.tsx";
import styles from "./edit-message.module.css";
import { common } from "../../messages/en/common.ts";
import { conversation as t } from "../../messages/en/conversation.ts";

interface EditMessageProps {
  content: string;
  onSend: (content: string) => Promise<void>;
  onClose: () => void;
}

export function EditMessage({ content, onSend, onClose }: EditMessageProps) {
  const { attempt } = useToast();
  const [text, setText] = useState(content);
  const [busy, setBusy] = useState(false);
  const isSendable = text.trim() !== "" && text !== content && !busy;
  const send = () =>
    attempt(async () => {
      setBusy(true);
      try {
        await onSend(text);
        onClose();
      } finally {
        setBusy(false);
      }
    });
  return (
    <form
      className={styles.edit}
      onSubmit={(event) => {
        event.preventDefault();
        if (isSendable) void send();
      }}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        if (event.key === "Escape") onClose();
        if (
          event.key === "Enter" &&
          !event.shiftKey &&
          event.target instanceof HTMLTextAreaElement
        ) {
          event.preventDefault();
          event.currentTarget.requestSubmit();
        }
      }}
    >
      <textarea
        aria-label={t.editMessage}
        dir="auto"
        autoFocus
        value={text}
        onChange={({ target }) => setText(target.value)}
        onFocus={({ target }) => target.setSelectionRange(text.length, text.length)}
      />
      <p>{t.editAbout}</p>
      <footer>
        <Button small onClick={onClose}>
          {common.cancel}
        </Button>
        <Button small type="submit" variant="primary" busy={busy} disabled={!isSendable}>
          {t.sendEdited}
        </Button>
      </footer>
    </form>
  );
}
