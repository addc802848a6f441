import { useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import type { Attachment } from "../../api/types.ts";
import { useCan } from "../../entities/user/auth.ts";
import { IconButton } from "../../ui/button.tsx";
import { useDraft } from "../../ui/drafts.ts";
import { ChosenFiles } from "./attachment-list.tsx";
import { useAttachments } from "./use-attachments.ts";
import { useGrown } from "./use-grown.ts";
import styles from "./composer.module.css";
import { sessions as t } from "../../messages/en/sessions.ts";

interface ComposerProps {
  /** The key of the draft that keeps the unsent text. */
  draftKey: string;
  placeholder: string;
  /** Present while an agent is working. */
  onStop?: (() => void) | undefined;
  /** What is chosen beside the message, below it. */
  options?: ReactNode;
  /** If it rejects, the text and the files are put back. */
  onSend: (text: string, attachments: Attachment[]) => Promise<void>;
}

/** Where a message is written; for people who may send none, why that is so. */
export function Composer(props: ComposerProps) {
  const maySend = useCan("SendMessages");
  return maySend ? <MessageForm {...props} /> : <ReadOnly />;
}

function ReadOnly() {
  return (
    <p role="note" className={styles.readOnly}>
      {t.readOnly}
    </p>
  );
}

function MessageForm({ draftKey, placeholder, onStop, options, onSend }: ComposerProps) {
  const [draft, setDraft] = useDraft(draftKey);
  const text = draft ?? "";
  const box = useGrown(text);
  const picker = useRef<HTMLInputElement>(null);
  const attached = useAttachments();
  const { files } = attached;
  const [dropping, setDropping] = useState(false);
  const ready = text.trim() !== "" && files.every((file) => file.uploaded !== null);

  const send = () => {
    const content = text.trim();
    if (!ready) return;
    setDraft(null);
    attached.replace([]);
    const attachments = files.flatMap(({ uploaded }) => uploaded ?? []);
    onSend(content, attachments).catch(() => {
      setDraft(content);
      attached.replace(files);
    });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      className={styles.composer}
      data-dropping={dropping || undefined}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes("Files")) return;
        event.preventDefault();
        setDropping(true);
      }}
      onDragLeave={() => setDropping(false)}
      onDrop={(event) => {
        setDropping(false);
        if (event.dataTransfer.files.length === 0) return;
        event.preventDefault();
        attached.add(event.dataTransfer.files);
      }}
    >
      <ChosenFiles files={files} onRemove={(id) => attached.remove(id)} />
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        onChange={({ target }) => {
          attached.add(target.files ?? []);
          target.value = "";
        }}
      />
      <IconButton icon="clip" label={t.attach} onClick={() => picker.current?.click()} />
      <textarea
        ref={box}
        rows={1}
        dir="auto"
        aria-label={t.message}
        placeholder={placeholder}
        autoFocus={hasKeyboard()}
        value={text}
        onChange={(event) => setDraft(event.target.value === "" ? null : event.target.value)}
        onKeyDown={onKeyDown}
        onPaste={(event) => {
          if (event.clipboardData.files.length === 0) return;
          event.preventDefault();
          attached.add(event.clipboardData.files);
        }}
      />
      {onStop && <IconButton icon="stop" label={t.stop} variant="danger" onClick={onStop} />}
      <IconButton type="submit" icon="send" label={t.send} variant="primary" disabled={!ready} />
      {options !== undefined && <div className={styles.options}>{options}</div>}
    </form>
  );
}

/** On a phone, focus would open the on-screen keyboard. */
function hasKeyboard(): boolean {
  return window.matchMedia("(pointer: fine)").matches;
}
