import styles from "./risk.module.css";

export type RiskLevel = "none" | "low" | "medium" | "high" | "critical";

const WORDS: Record<RiskLevel, string> = {
  none: "No risk",
  low: "Low risk",
  medium: "Medium risk",
  high: "High risk",
  critical: "Critical risk",
};

const ORDER: RiskLevel[] = ["none", "low", "medium", "high", "critical"];

export function worstOf(levels: RiskLevel[]): RiskLevel {
  return ORDER.findLast((level) => levels.includes(level)) ?? "none";
}

/** How much harm a thing can do: a word and a colour, never colour alone. */
export function Risk({ level }: { level: RiskLevel }) {
  return (
    <span className={styles.risk} data-risk={level}>
      {WORDS[level]}
    </span>
  );
}
