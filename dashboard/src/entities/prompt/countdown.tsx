import { timeLeft } from "../../ui/time.ts";
import { useNow } from "../../ui/use-now.ts";
import styles from "./prompt-card.module.css";
import { prompts as t } from "../../messages/en/prompts.ts";

/** Less time than this (milliseconds) is shown in another colour. */
const SOON = 60_000;

/** The time left to answer. The gateway's clock decides, so nothing is disabled here at zero. */
export function Countdown({ until }: { until: string }) {
  const left = Date.parse(until) - useNow();
  return (
    <span className={styles.countdown} data-soon={left < SOON || undefined} role="timer">
      {left > 0 ? t.timeLeft(timeLeft(left)) : t.expired}
    </span>
  );
}
