/** What an approval and a question have in common: who asks, how long there is, and how it ended. */
import { useEffect, useId, useLayoutEffect, useRef, type ReactNode } from "react";
import { Link } from "wouter";
import { When } from "../../ui/when.tsx";
import { useAgentName } from "../agents/use-agents.ts";
import styles from "./ask-card.module.css";
import { Countdown } from "./countdown.tsx";
import { isWaiting, type Ask } from "./inbox.ts";
import { outcomeWords } from "./outcome.ts";

interface AskFrameProps {
  ask: Ask;
  title: ReactNode;
  mark?: ReactNode;
  inSession: boolean;
  children: ReactNode;
  /** The buttons, while it waits. */
  actions: ReactNode;
}

export function AskFrame({ ask, title, mark, inSession, children, actions }: AskFrameProps) {
  const { asked } = ask;
  const titleId = useId();
  const card = useRef<HTMLElement>(null);
  const agentName = useAgentName();
  const waiting = isWaiting(ask);
  const wasWaiting = useRef(waiting);
  const height = useRef(0);

  // It stays as tall as it was: the buttons of the next card must not come up under the pointer.
  useLayoutEffect(() => {
    const element = card.current;
    if (element === null) return;
    if (waiting) height.current = element.offsetHeight;
    else if (wasWaiting.current) element.style.minHeight = `${height.current}px`;
  });

  // The button that had the focus is gone: it stays with this card instead of going to the next one.
  useEffect(() => {
    const lost = document.activeElement === document.body || document.activeElement === null;
    if (wasWaiting.current && !waiting && lost) card.current?.focus();
    wasWaiting.current = waiting;
  }, [waiting]);

  return (
    <article
      ref={card}
      className={styles.card}
      aria-labelledby={titleId}
      tabIndex={-1}
      data-waiting={waiting || undefined}
    >
      <header className={styles.header}>
        <div className={styles.title}>
          <h3 id={titleId}>{title}</h3>
          {mark}
        </div>
        {waiting && <Countdown until={asked.expiresAt} />}
      </header>
      <p className={styles.about}>
        {agentName(asked.agentId)} asked <When at={asked.requestedAt} long />
        {!inSession && (
          <>
            {" · "}
            <Link href={`/sessions/${asked.sessionId}`}>Open the session</Link>
          </>
        )}
      </p>
      {children}
      {waiting ? actions : <Settled ask={ask} />}
    </article>
  );
}

function Settled({ ask }: { ask: Ask }) {
  const word = ask.kind === "action" ? ask.asked.outcomeDetail : ask.asked.response;
  return (
    <div className={styles.settled} role="status">
      <strong>{outcomeWords(ask.asked.status)}</strong>
      {word !== null && word !== "" && <p>{word}</p>}
    </div>
  );
}
