/** The common parts of approval and question cards: the agent, the time left, and the outcome. */
import { useEffect, useId, useLayoutEffect, useRef, type ReactNode } from "react";
import { Link } from "wouter";
import { Rich } from "../../ui/rich.tsx";
import { Timestamp } from "../../ui/timestamp.tsx";
import { useAgentName } from "../agent/use-agents.ts";
import styles from "./prompt-card.module.css";
import { Countdown } from "./countdown.tsx";
import { isWaiting, type Prompt } from "./inbox.ts";
import { outcomeText } from "./outcome.ts";
import { common } from "../../messages/en/common.ts";
import { prompts as t } from "../../messages/en/prompts.ts";

interface PromptFrameProps {
  prompt: Prompt;
  title: ReactNode;
  mark?: ReactNode;
  inSession: boolean;
  children: ReactNode;
  /** The buttons while the prompt waits. */
  actions: ReactNode;
}

export function PromptFrame({
  prompt,
  title,
  mark,
  inSession,
  children,
  actions,
}: PromptFrameProps) {
  const { request } = prompt;
  const titleId = useId();
  const card = useRef<HTMLElement>(null);
  const agentName = useAgentName();
  const waiting = isWaiting(prompt);
  const wasWaiting = useRef(waiting);
  const height = useRef(0);

  // The card keeps its height, so that the buttons of the next card do not move under the pointer.
  useLayoutEffect(() => {
    const element = card.current;
    if (element === null) return;
    if (waiting) height.current = element.offsetHeight;
    else if (wasWaiting.current) element.style.minHeight = `${height.current}px`;
  });

  // The focused button is gone: the focus stays on this card instead of moving to the next one.
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
        {waiting && <Countdown until={request.expiresAt} />}
      </header>
      <p className={styles.about}>
        <Rich
          text={t.asked}
          parts={{
            agent: agentName(request.agentId),
            time: <Timestamp at={request.requestedAt} long />,
          }}
        />
        {!inSession && (
          <>
            {common.separator}
            <Link href={`/sessions/${request.sessionId}`}>{t.openSession}</Link>
          </>
        )}
      </p>
      {children}
      {waiting ? actions : <Outcome prompt={prompt} />}
    </article>
  );
}

function Outcome({ prompt }: { prompt: Prompt }) {
  const word = prompt.kind === "approval" ? prompt.request.outcomeDetail : prompt.request.response;
  return (
    <div className={styles.settled} role="status">
      <strong>{outcomeText(prompt.request.status)}</strong>
      {word !== null && word !== "" && <p>{word}</p>}
    </div>
  );
}
