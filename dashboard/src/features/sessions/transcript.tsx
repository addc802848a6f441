import { useEffect, useEffectEvent, useRef, useState } from "react";
import { activeRun, type SessionState } from "../../entities/session/session-state.ts";
import { Button } from "../../ui/button.tsx";
import { ErrorNotice, Loading } from "../../ui/notice.tsx";
import { useToast } from "../../ui/toast.tsx";
import { MessageTurn, OutgoingTurn, RunTurn } from "./turns.tsx";
import { timeline, type Entry } from "./timeline.ts";
import { AgentStatus } from "./agent-status.tsx";
import { SessionPrompts } from "./session-prompts.tsx";
import styles from "./transcript.module.css";
import { TurnNotice } from "./turn-notice.tsx";
import { useStickToBottom } from "./use-stick-to-bottom.ts";
import type { OpenSession } from "./use-session.ts";
import { conversation as t } from "../../messages/en/conversation.ts";

interface TranscriptProps {
  open: OpenSession;
  agentName: string;
  onFork: (messageId: string) => void;
}

export function Transcript({ open, agentName, onFork }: TranscriptProps) {
  const { state, failure } = open;
  const { attempt } = useToast();
  const entries = timeline(state);
  const { box, away, onScroll, toEnd } = useStickToBottom(
    state.messages[0]?.messageId,
    state.outgoing.at(-1)?.localId,
  );
  const run = activeRun(state);
  const last = entries.at(-1);
  const regenerate = () => void attempt(open.regenerate);

  const show = (entry: Entry) => {
    switch (entry.kind) {
      case "message":
        return (
          <MessageTurn
            message={entry.message}
            run={entry.run}
            agentName={agentName}
            onFork={() => onFork(entry.message.messageId)}
            onRegenerate={entry === last && run === undefined ? regenerate : undefined}
          />
        );
      case "run":
        return <RunTurn run={entry.run} agentName={agentName} />;
      case "outgoing":
        return (
          <OutgoingTurn
            outgoing={entry.outgoing}
            onRetry={() =>
              void open.send(
                entry.outgoing.content,
                entry.outgoing.attachments,
                entry.outgoing.localId,
              )
            }
            onDiscard={() => open.discard(entry.outgoing.localId)}
          />
        );
      case "notice":
        return (
          <TurnNotice
            outcome={entry.outcome}
            onRetry={entry === last && run === undefined ? regenerate : undefined}
          />
        );
    }
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
        {!state.loaded && failure === null && <Loading lines={5} label={t.loadingMessages} />}
        {state.hasOlder && <OlderMessages load={open.loadOlder} />}
        <ol role="list" className={styles.turns}>
          {entries.map((entry) => (
            <li key={entry.key}>{show(entry)}</li>
          ))}
        </ol>
        {run && <AgentStatus run={run} agentName={agentName} />}
        <SessionPrompts sessionId={open.id} taskId={run?.taskId ?? null} />
        {failure !== null && <ErrorNotice error={failure} onRetry={open.reload} />}
      </div>
      {away && (
        <Button icon="down" className={styles.latest} onClick={toEnd}>
          {t.latest}
        </Button>
      )}
      <Announcement state={state} agentName={agentName} />
    </div>
  );
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
