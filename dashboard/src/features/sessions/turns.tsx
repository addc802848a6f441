/** A turn of a session: a message, an answer that is being written, or a message that is being sent. */
import { memo, useState } from "react";
import type { Message } from "../../api/types.ts";
import type { Outgoing, Run } from "../../entities/session/session-state.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { CopyIcon } from "../../ui/copy-button.tsx";
import { Menu } from "../../ui/menu.tsx";
import { Markdown } from "../../ui/markdown/markdown.tsx";
import { ErrorText } from "../../ui/notice.tsx";
import { Timestamp } from "../../ui/timestamp.tsx";
import { useAuth } from "../../entities/user/auth.ts";
import { ToolCalls } from "../../entities/task/tool-calls.tsx";
import { useModels } from "../../entities/model/models.ts";
import { AttachmentList } from "./attachment-list.tsx";
import { BranchSwitch } from "./branch-switch.tsx";
import type { Alternatives } from "./branches.ts";
import { EditMessage } from "./edit-message.tsx";
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
  /** Where there are other messages in its place. */
  alternatives: Alternatives | undefined;
  onFork: (messageId: string) => void;
  /** Absent while an answer is being written. */
  onBranch: ((branch: number) => void) | undefined;
  onEdit: ((messageId: string, content: string) => Promise<void>) | undefined;
  onRegenerate: ((model?: string) => void) | undefined;
  onContinue: (() => void) | undefined;
  onRetry: (outgoing: Outgoing) => void;
  onDiscard: (outgoing: Outgoing) => void;
}

export const Turn = memo(function Turn(props: TurnProps) {
  const { message, run, outgoing, agentName, isOld } = props;
  const { user } = useAuth();
  const [editing, setEditing] = useState(false);
  const role = message?.role ?? (outgoing === undefined ? "agent" : "user");
  if (saysNothing(props)) return <OnlySwitch {...props} />;
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
        ) : editing && message && props.onEdit ? (
          <EditMessage
            content={message.content}
            onSend={(content) => props.onEdit?.(message.messageId, content) ?? Promise.resolve()}
            onClose={() => setEditing(false)}
          />
        ) : (
          <Words {...props} />
        )}
        {message && !run && <OtherModel details={message.details} />}
        {message && !run && <CutOff message={message} onContinue={props.onContinue} />}
      </div>
      {message && !run && !editing && (
        <Actions
          {...props}
          message={message}
          onEditing={
            props.onEdit && message.userId === user.id ? () => setEditing(true) : undefined
          }
        />
      )}
    </article>
  );
});

/** An answer before its first word; if it failed there, the notice below says why. */
function saysNothing({ message, run }: Said): boolean {
  if (run) return run.text === "" && run.tools.length === 0;
  return message?.status === "failed" && message.content === "" && message.toolCalls.length === 0;
}

/** From an answer that came to nothing one can still go back to another. */
function OnlySwitch({ alternatives, onBranch }: TurnProps) {
  if (alternatives === undefined) return null;
  return (
    <footer className={styles.alone}>
      <BranchSwitch alternatives={alternatives} onBranch={onBranch} />
    </footer>
  );
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
      <p className={styles.plain} data-phase={outgoing?.phase} dir="auto">
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

interface ActionsProps extends TurnProps {
  message: Message;
  onEditing: (() => void) | undefined;
}

function Actions(props: ActionsProps) {
  const { message, alternatives, onBranch, onFork, onEditing, onRegenerate } = props;
  const { content, role, status, usage } = message;
  return (
    <footer className={styles.actions} data-branched={alternatives ? true : undefined}>
      {alternatives && <BranchSwitch alternatives={alternatives} onBranch={onBranch} />}
      {content !== "" && <CopyIcon text={content} label={t.copyText} />}
      <IconButton small icon="fork" label={t.forkHere} onClick={() => onFork(message.messageId)} />
      {onEditing && <IconButton small icon="pencil" label={t.editMessage} onClick={onEditing} />}
      {onRegenerate && role === "agent" && status !== "pending" && (
        <>
          <IconButton
            small
            icon="again"
            label={t.regenerate}
            onClick={() => onRegenerate(undefined)}
          />
          <RegenerateWith onRegenerate={onRegenerate} />
        </>
      )}
      {usage && <Usage usage={usage} />}
    </footer>
  );
}

/** More than this would not fit on a menu. */
const MOST_MODELS = 12;

function RegenerateWith({ onRegenerate }: { onRegenerate: (model: string) => void }) {
  const { data: models = [] } = useModels();
  if (models.length < 2) return null;
  return (
    <Menu
      up
      small
      label={t.regenerateWith}
      items={models.slice(0, MOST_MODELS).map(({ id }) => ({
        label: id,
        icon: "models",
        onSelect: () => onRegenerate(id),
      }))}
    />
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
