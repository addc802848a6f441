import { useState, type KeyboardEvent, type ReactNode } from "react";
import type { Agent, Attachment } from "../../api/types.ts";
import { useCan } from "../../entities/user/auth.ts";
import { IconButton } from "../../ui/button.tsx";
import { useDraft } from "../../ui/drafts.ts";
import { Icon } from "../../ui/icon.tsx";
import { ChosenFiles } from "./attachment-list.tsx";
import { PickFiles } from "./pick-files.tsx";
import { SuggestionList } from "./suggestion-list.tsx";
import type { Trigger } from "./trigger.ts";
import { useAttachments } from "./use-attachments.ts";
import { useChoices } from "./use-choices.tsx";
import { useGrown } from "./use-grown.ts";
import styles from "./composer.module.css";
import { savedPrompts as saved } from "../../messages/en/saved-prompts.ts";
import { sessions as t } from "../../messages/en/sessions.ts";

interface ComposerProps {
  /** The key of the draft that keeps the unsent text. */
  draftKey: string;
  placeholder: string;
  /** Present while an agent is working. */
  onStop?: (() => void) | undefined;
  /** What is chosen beside the message, below it. */
  options?: ReactNode;
  /** If it rejects, the text and the files are put back. `agentId` is there if another agent was chosen for the answer. */
  onSend: (text: string, attachments: Attachment[], agentId?: string) => Promise<void>;
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
  const [caret, setCaret] = useState(0);
  const [asked, setAsked] = useState<Agent | null>(null);
  const attached = useAttachments();
  const { files } = attached;
  const [dropping, setDropping] = useState(false);
  const ready = text.trim() !== "" && files.every((file) => file.uploaded !== null);

  const change = (next: string, at: number) => {
    setDraft(next === "" ? null : next);
    setCaret(at);
  };
  /** Puts text in the place of what was typed, and the caret behind it. */
  const insert = (inserted: string, { start, end }: Trigger) => {
    const at = start + inserted.length;
    change(text.slice(0, start) + inserted + text.slice(end), at);
    requestAnimationFrame(() => {
      box.current?.focus();
      box.current?.setSelectionRange(at, at);
    });
  };
  const { suggested, dialog } = useChoices({ text, caret, insert, onAgent: setAsked });

  const send = () => {
    const content = text.trim();
    if (!ready) return;
    setDraft(null);
    setAsked(null);
    attached.replace([]);
    const attachments = files.flatMap(({ uploaded }) => uploaded ?? []);
    onSend(content, attachments, asked?.id).catch(() => {
      setDraft(content);
      setAsked(asked);
      attached.replace(files);
    });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (suggested.onKeyDown(event)) return;
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };

  return (
    <>
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
        <SuggestionList {...suggested} />
        <ChosenFiles files={files} onRemove={(id) => attached.remove(id)} />
        <PickFiles onFiles={(list) => attached.add(list)} />
        {/* A combobox that HTML lets no text area be called. */}
        <textarea
          ref={box}
          rows={1}
          dir="auto"
          aria-label={t.message}
          aria-autocomplete="list"
          aria-controls={suggested.isOpen ? suggested.listId : undefined}
          aria-activedescendant={
            suggested.isOpen ? `${suggested.listId}-${suggested.index}` : undefined
          }
          placeholder={placeholder}
          autoFocus={hasKeyboard()}
          value={text}
          onChange={({ target }) => change(target.value, target.selectionStart)}
          onSelect={({ currentTarget }) => setCaret(currentTarget.selectionStart)}
          onBlur={suggested.close}
          onKeyDown={onKeyDown}
          onPaste={(event) => {
            if (event.clipboardData.files.length === 0) return;
            event.preventDefault();
            attached.add(event.clipboardData.files);
          }}
        />
        {onStop && <IconButton icon="stop" label={t.stop} variant="danger" onClick={onStop} />}
        <IconButton type="submit" icon="send" label={t.send} variant="primary" disabled={!ready} />
        <div className={styles.options}>
          {asked && <AnsweredBy agent={asked} onRemove={() => setAsked(null)} />}
          {options}
        </div>
      </form>
      {dialog}
    </>
  );
}

/** The agent that was chosen with `@` for the next answer. */
function AnsweredBy({ agent, onRemove }: { agent: Agent; onRemove: () => void }) {
  return (
    <span className={styles.asked}>
      <Icon name="agents" size={16} />
      <span dir="auto">{saved.answeredBy(agent.name)}</span>
      <IconButton small icon="close" label={saved.removeAgent(agent.name)} onClick={onRemove} />
    </span>
  );
}

/** On a phone, focus would open the on-screen keyboard. */
function hasKeyboard(): boolean {
  return window.matchMedia("(pointer: fine)").matches;
}
