/** The turns of a session: messages, running answers, and messages that are being sent. */
import { useDeferredValue, type ReactNode } from "react";
import type { Message } from "../../api/types.ts";
import type { Outgoing, Run } from "../../entities/session/session-state.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { CopyIcon } from "../../ui/copy-button.tsx";
import { Markdown } from "../../ui/markdown/markdown.tsx";
import { ErrorText } from "../../ui/notice.tsx";
import { Timestamp } from "../../ui/timestamp.tsx";
import { useAuth } from "../../entities/user/auth.ts";
import { ToolCalls } from "../../entities/task/tool-calls.tsx";
import { AttachmentList } from "./attachment-list.tsx";
import styles from "./turns.module.css";
import { common } from "../../messages/en/common.ts";
import { conversation as t } from "../../messages/en/conversation.ts";

interface TurnProps {
  author: string;
  role: Message["role"];
  at?: string;
  live?: boolean;
  children: ReactNode;
  actions?: ReactNode;
}

function Turn({ author, role, at, live = false, children, actions }: TurnProps) {
  return (
    <article className={styles.turn} data-role={role} data-live={live || undefined}>
      <header className={styles.author}>
        <h3>{author}</h3>
        {at !== undefined && <Timestamp at={at} long />}
      </header>
      <div className={styles.body}>{children}</div>
      {actions !== undefined && <footer className={styles.actions}>{actions}</footer>}
    </article>
  );
}

function authorOf(message: Message, me: string, agentName: string): string {
  if (message.role === "agent") return agentName;
  if (message.role === "system") return t.system;
  return !message.userId || message.userId === me ? t.you : t.someoneElse;
}

interface MessageTurnProps {
  message: Message;
  /** Present while the message is still being written. */
  run: Run | null;
  agentName: string;
  onFork: () => void;
  onRegenerate: (() => void) | undefined;
}

export function MessageTurn({ message, run, agentName, onFork, onRegenerate }: MessageTurnProps) {
  const { user } = useAuth();
  const author = authorOf(message, user.id, agentName);
  if (run !== null) return <RunTurn run={run} agentName={author} at={message.createdAt} />;
  // A turn that failed before its first word: the notice below says why.
  const nothing = message.content === "" && message.toolCalls.length === 0;
  if (message.status === "failed" && nothing) return null;
  return (
    <Turn
      author={author}
      role={message.role}
      at={message.createdAt}
      actions={
        <>
          {message.content !== "" && <CopyIcon text={message.content} label={t.copyText} />}
          <IconButton small icon="fork" label={t.forkHere} onClick={onFork} />
          {onRegenerate && message.role === "agent" && message.status !== "pending" && (
            <IconButton small icon="again" label={t.regenerate} onClick={onRegenerate} />
          )}
          {message.usage && <Usage usage={message.usage} />}
        </>
      }
    >
      {message.toolCalls.length > 0 && (
        <ToolCalls calls={message.toolCalls} taskId={message.taskId} />
      )}
      {message.role === "agent" ? (
        <Markdown text={message.content} />
      ) : (
        <p className={styles.plain}>{message.content}</p>
      )}
      <AttachmentList attachments={message.attachments} />
    </Turn>
  );
}

function Usage({ usage }: { usage: NonNullable<Message["usage"]> }) {
  const tokens = usage.inputTokens + usage.outputTokens;
  return (
    <span className={styles.usage}>
      {usage.model}
      {tokens > 0 && common.separator + t.tokens(tokens)}
    </span>
  );
}

export function RunTurn({ run, agentName, at }: { run: Run; agentName: string; at?: string }) {
  // Parsing may lag behind a fast stream, so that typing and scrolling stay smooth.
  const text = useDeferredValue(run.text);
  if (text === "" && run.tools.length === 0) return null;
  return (
    <Turn
      author={agentName}
      role="agent"
      live={run.phase !== "ended"}
      {...(at !== undefined && { at })}
    >
      {run.tools.length > 0 && <ToolCalls calls={run.tools} taskId={run.taskId} />}
      <Markdown text={text} />
    </Turn>
  );
}

interface OutgoingTurnProps {
  outgoing: Outgoing;
  onRetry: () => void;
  onDiscard: () => void;
}

export function OutgoingTurn({ outgoing, onRetry, onDiscard }: OutgoingTurnProps) {
  return (
    <Turn author={t.you} role="user">
      <p className={styles.plain} data-phase={outgoing.phase}>
        {outgoing.content}
      </p>
      <AttachmentList attachments={outgoing.attachments} />
      {outgoing.phase === "failed" && (
        <div className={styles.unsent}>
          <ErrorText error={outgoing.error} />
          <Button small icon="again" onClick={onRetry}>
            {t.sendAgain}
          </Button>
          <Button small onClick={onDiscard}>
            {t.discard}
          </Button>
        </div>
      )}
    </Turn>
  );
}
