import { useCallback, useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import {
  activeRun,
  type Outgoing,
  type SessionState,
} from "../../entities/session/session-state.ts";
import { useAgentName } from "../../entities/agent/use-agents.ts";
import { Button } from "../../ui/button.tsx";
import { ErrorNotice, Loading } from "../../ui/notice.tsx";
import { useToast } from "../../ui/toast.tsx";
import { Turn, type Said } from "./turns.tsx";
import { timeline, type Entry } from "./timeline.ts";
import { useSessionPrompts } from "../../entities/prompt/use-session-prompts.ts";
import { AgentStatus } from "../../entities/session/agent-status.tsx";
import { alternativesOf, useBranches } from "./branches.ts";
import { SessionPrompts } from "./session-prompts.tsx";
import styles from "./transcript.module.css";
import { TurnNotice } from "./turn-notice.tsx";
import { NUMBER, useShownMessage } from "./use-shown-message.ts";
import { useStickToBottom } from "./use-stick-to-bottom.ts";
import type { OpenSession } from "./use-session.ts";
import { conversation as t } from "../../messages/en/conversation.ts";

interface TranscriptProps {
  open: OpenSession;
  /** The name of the session's agent. */
  agentName: string;
  /** The number of the message that is to be shown first; else the newest is. */
  addressed: number | null;
  onFork: (messageId: string) => void;
  onBranch: (branch: number) => void;
}

export function Transcript({ open, agentName, addressed, onFork, onBranch }: TranscriptProps) {
  const { state, failure } = open;
  const { attempt } = useToast();
  const entries = timeline(state);
  const { box, content, away, onScroll, toEnd, toElement } = useStickToBottom(
    state.outgoing.at(-1)?.localId,
  );
  useShownMessage(open, addressed, content, toElement);
  const run = activeRun(state);
  const nameById = useAgentName();
  // Another agent than the session's can be asked for one answer.
  const nameOf = (agentId: string | null) => (agentId === null ? agentName : nameById(agentId));
  const prompts = useSessionPrompts(open.id, run);
  const [first] = state.messages;
  const last = entries.at(-1);
  const old = oldEntries(entries);
  const { regenerate, edit, send, discard } = open;
  const again = useCallback(
    (model?: string) => void attempt(() => regenerate(model)),
    [attempt, regenerate],
  );
  const branches = useBranches(open.id);
  const alternatives = useMemo(
    () => alternativesOf(state.messages, branches, state.hasOlder),
    [state.messages, branches, state.hasOlder],
  );
  const goOn = useCallback(() => void send(t.continueMessage, []), [send]);
  const onRetry = useCallback(
    ({ content, attachments, answerer, localId }: Outgoing) =>
      void send(content, attachments, answerer, localId),
    [send],
  );
  const onDiscard = useCallback(({ localId }: Outgoing) => discard(localId), [discard]);

  const show = (entry: Entry, index: number) => {
    const isOver = entry === last && run === undefined;
    const onAgain = isOver ? again : undefined;
    if (entry.kind === "notice") {
      return <TurnNotice outcome={entry.outcome} onRetry={onAgain && (() => onAgain())} />;
    }
    const { messageId } = entry.kind === "message" ? entry.message : { messageId: null };
    return (
      <Turn
        {...said(entry)}
        agentName={nameOf(answererOf(entry))}
        onFork={onFork}
        isOld={index < old}
        alternatives={messageId === null ? undefined : alternatives.get(messageId)}
        onBranch={run === undefined ? onBranch : undefined}
        onEdit={run === undefined ? edit : undefined}
        onRegenerate={onAgain}
        onContinue={isOver ? goOn : undefined}
        onRetry={onRetry}
        onDiscard={onDiscard}
      />
    );
  };

  return (
    <div className={styles.frame}>
      <div
        ref={box}
        className={styles.scroll}
        onScroll={onScroll}
        tabIndex={0}
        role="region"
        aria-label={t.conversation}
      >
        <div ref={content}>
          {!state.loaded && failure === null && <Loading lines={5} label={t.loadingMessages} />}
          {first && state.hasOlder && <OlderMessages load={() => open.loadOlder(first.id)} />}
          <ol role="list" className={styles.turns}>
            {entries.map((entry, index) => (
              <li key={entry.key} {...place(entry, addressed)}>
                {show(entry, index)}
              </li>
            ))}
          </ol>
          {run && <AgentStatus run={run} prompts={prompts} agentName={nameOf(run.agentId)} />}
          <SessionPrompts prompts={prompts} />
          {failure !== null && <ErrorNotice error={failure} onRetry={open.reload} />}
        </div>
      </div>
      {away && (
        <Button icon="down" className={styles.latest} onClick={toEnd}>
          {t.latest}
        </Button>
      )}
      <Announcement state={state} agentName={run ? nameOf(run.agentId) : agentName} />
    </div>
  );
}

/** By what the message with the number `addressed` is found, focused and told from the others. */
function place(entry: Entry, addressed: number | null) {
  if (entry.kind !== "message" || entry.message.id !== addressed) return {};
  return { [NUMBER]: addressed, tabIndex: -1, className: styles.addressed };
}

/** So much of the end of a session (characters) is read at once; what is older waits until it comes near. */
const SEEN_FIRST = 16_000;

/** How many of the entries are older than what is seen first. */
function oldEntries(entries: Entry[]): number {
  let length = 0;
  return entries.findLastIndex((entry) => {
    if (entry.kind === "message") length += entry.message.content.length;
    return length > SEEN_FIRST;
  });
}

function answererOf(entry: Exclude<Entry, { kind: "notice" }>): string | null {
  switch (entry.kind) {
    case "message":
      return entry.message.agentId;
    case "run":
      return entry.run.agentId;
    case "outgoing":
      return null;
  }
}

function said(entry: Exclude<Entry, { kind: "notice" }>): Said {
  switch (entry.kind) {
    case "message":
      return { message: entry.message, run: entry.run };
    case "run":
      return { run: entry.run };
    case "outgoing":
      return { outgoing: entry.outgoing };
  }
}

/** Loads automatically when it is scrolled to; the button is for the keyboard. */
function OlderMessages({ load }: { load: () => Promise<void> }) {
  const [busy, setBusy] = useState(false);
  const { attempt } = useToast();
  const go = async () => {
    setBusy(true);
    await attempt(load);
    setBusy(false);
  };
  const row = useRef<HTMLDivElement>(null);
  const onReached = useEffectEvent(() => {
    if (!busy) void go();
  });

  useEffect(() => {
    if (row.current === null) return;
    const observer = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) onReached();
    });
    observer.observe(row.current);
    return () => observer.disconnect();
  }, []);

  return (
    <div ref={row} className={styles.older}>
      <Button small busy={busy} onClick={() => void go()}>
        {t.earlier}
      </Button>
    </div>
  );
}

/** How much of an answer is announced (characters). */
const ANNOUNCED = 300;

/** Announces the start and the end of an answer to screen readers, not every streamed word. */
function Announcement({ state, agentName }: { state: SessionState; agentName: string }) {
  const running = activeRun(state) !== undefined;
  const [wasRunning, setWasRunning] = useState(false);
  if (running && !wasRunning) setWasRunning(true);
  const answer = state.messages.findLast((message) => message.role === "agent")?.content ?? "";
  const ended = answer.length > ANNOUNCED ? `${answer.slice(0, ANNOUNCED)}…` : answer;
  return (
    <p className="visually-hidden" role="status">
      {running && t.answering(agentName)}
      {!running && wasRunning && t.answered(agentName, ended)}
    </p>
  );
}
