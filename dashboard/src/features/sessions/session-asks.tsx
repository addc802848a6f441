import { AskCard } from "../approvals/ask-card.tsx";
import { isWaiting } from "../approvals/inbox.ts";
import { useInbox } from "../approvals/inbox-provider.tsx";
import styles from "./session-asks.module.css";

interface SessionAsksProps {
  sessionId: string;
  /** The turn under way: what it asked stays in sight until it ends. */
  taskId: string | null;
}

/** What an agent waits for in this session, where its turn stands still. */
export function SessionAsks({ sessionId, taskId }: SessionAsksProps) {
  const { asks } = useInbox();
  const here = asks.filter(
    (ask) => ask.asked.sessionId === sessionId && (isWaiting(ask) || ask.asked.taskId === taskId),
  );
  if (here.length === 0) return null;
  return (
    <ul role="list" className={styles.asks} aria-label="Waiting for you">
      {here.map((ask) => (
        <li key={ask.asked.id}>
          <AskCard ask={ask} inSession />
        </li>
      ))}
    </ul>
  );
}
