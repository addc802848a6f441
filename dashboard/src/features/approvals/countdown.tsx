import { timeLeft } from "../../ui/time.ts";
import { useNow } from "../../ui/use-now.ts";
import styles from "./ask-card.module.css";

/** Less than this (milliseconds) is told in another colour. */
const SOON = 60_000;

/** How long there is to answer. The gateway's clock decides, so nothing is locked here when time is over. */
export function Countdown({ until }: { until: string }) {
  const left = Date.parse(until) - useNow();
  return (
    <span className={styles.countdown} data-soon={left < SOON || undefined} role="timer">
      {left > 0 ? `${timeLeft(left)} left` : "Time is over"}
    </span>
  );
}
