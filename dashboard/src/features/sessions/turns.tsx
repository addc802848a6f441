/** A turn of a session: a message, an answer that is being written, or a message that is being sent. */
import { memo } from "react";
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
import { piecesOf } from "./pieces.ts";
import styles from "./turns.module.css";
import { useGradual } from "./use-gradual.ts";
import { common } from "../../messages/en/common.ts";
import { conversation as t } from "../../messages/en/conversation.ts";

/** What is known of a turn. One component shows all of its life, so that nothing in it is made anew on the way. */
export interface Said {
  message?: Message;
  /** Present while an answer is being written. */
  run?: Run | null;
  /** Present while a message is being sent. */
  outgoing?: Outgoing;
}

interface TurnProps extends Said {
  agentName: string;
  /** Whether it is far from the end of the session, which is what is seen first. */
  isOld: boolean;
  onFork: (messageId: string) => void;
  onRegenerate: (() => void) | undefined;
  onContinue: (() => void) | undefined;
  onRetry: (outgoing: Outgoing) => void;
  onDiscard: (outgoing: Outgoing) => void;
}

export const Turn = memo(function Turn(props: TurnProps) {
  const { message, run, outgoing, agentName, isOld } = props;
  const { user } = useAuth();
  const role = message?.role ?? (outgoing === undefined ? "agent" : "user");
  if (saysNothing(props)) return null;
  return (
    <article
      className={styles.turn}
      data-role={role}
      data-live={run && run.phase !== "ended" ? true : undefined}
    >
      <header className={styles.author}>
        <h3>{authorOf(role, message?.userId ?? user.id, user.id, agentName)}</h3>
        {message && <Timestamp at={message.createdAt} long />}
      </header>
      <div className={styles.body}>
        {role === "agent" ? (
          <Answer message={message} run={run} isOld={isOld} />
        ) : (
          <Words {...props} />
        )}
        {message && !run && <OtherModel details={message.details} />}
        {message && !run && <CutOff message={message} onContinue={props.onContinue} />}
      </div>
      {message && !run && <Actions {...props} message={message} />}
    </article>
  );
});

/** An answer before its first word; if it failed there, the notice below says why. */
function saysNothing({ message, run }: Said): boolean {
  if (run) return run.text === "" && run.tools.length === 0;
  return message?.status === "failed" && message.content === "" && message.toolCalls.length === 0;
}

function authorOf(role: Message["role"], from: string, me: string, agentName: string): string {
  if (role === "agent") return agentName;
  if (role === "system") return t.system;
  return from === me ? t.you : t.someoneElse;
}

interface AnswerProps {
  message: Message | undefined;
  run: Run | null | undefined;
  isOld: boolean;
}

function Answer({ message, run, isOld }: AnswerProps) {
  const said = run?.text ?? message?.content ?? "";
  const text = useGradual(said, run ? "" : said);
  const tools = run?.tools ?? message?.toolCalls ?? [];
  const taskId = run?.taskId ?? message?.taskId ?? null;
  return piecesOf(text, tools).map((piece, index) =>
    piece.kind === "tools" ? (
      <ToolCalls key={index} calls={piece.calls} taskId={taskId} />
    ) : (
      <Markdown key={index} text={piece.text} lazy={isOld} />
    ),
  );
}

/** Says that another model wrote an answer than the one that was asked for. */
function OtherModel({ details }: { details: Message["details"] }) {
  const fallback = details?.fallback;
  if (!fallback) return null;
  return (
    <p className={styles.unsent} role="note" title={fallback.reason}>
      {t.otherModel(fallback.model, fallback.requested)}
    </p>
  );
}

interface CutOffProps {
  message: Message;
  onContinue: (() => void) | undefined;
}

/** Says that an answer is not whole. One that failed or was stopped has a notice of its own. */
function CutOff({ message, onContinue }: CutOffProps) {
  const reason = message.finishReason;
  if (reason !== "length" && reason !== "content_filter" && reason !== "incomplete") return null;
  return (
    <div className={styles.unsent} role="note">
      <p>{message.details?.cut?.reason ?? t.cut[reason]}</p>
      {onContinue && (
        <Button small onClick={onContinue}>
          {t.continueAnswer}
        </Button>
      )}
    </div>
  );
}

function Words({ message, outgoing, onRetry, onDiscard }: TurnProps) {
  return (
    <>
      <p className={styles.plain} data-phase={outgoing?.phase}>
        {message?.content ?? outgoing?.content}
      </p>
      <AttachmentList attachments={message?.attachments ?? outgoing?.attachments ?? []} />
      {outgoing?.phase === "failed" && (
        <div className={styles.unsent}>
          <ErrorText error={outgoing.error} />
          <Button small icon="again" onClick={() => onRetry(outgoing)}>
            {t.sendAgain}
          </Button>
          <Button small onClick={() => onDiscard(outgoing)}>
            {t.discard}
          </Button>
        </div>
      )}
    </>
  );
}

function Actions({ message, onFork, onRegenerate }: TurnProps & { message: Message }) {
  const { content, role, status, usage } = message;
  return (
    <footer className={styles.actions}>
      {content !== "" && <CopyIcon text={content} label={t.copyText} />}
      <IconButton small icon="fork" label={t.forkHere} onClick={() => onFork(message.messageId)} />
      {onRegenerate && role === "agent" && status !== "pending" && (
        <IconButton small icon="again" label={t.regenerate} onClick={onRegenerate} />
      )}
      {usage && <Usage usage={usage} />}
    </footer>
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
