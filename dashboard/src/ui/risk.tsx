import styles from "./risk.module.css";
import { common } from "../messages/en/common.ts";

export type RiskLevel = "none" | "low" | "medium" | "high" | "critical";

const ORDER: RiskLevel[] = ["none", "low", "medium", "high", "critical"];

export function highestRisk(levels: RiskLevel[]): RiskLevel {
  return ORDER.findLast((level) => levels.includes(level)) ?? "none";
}

/** A risk level: a word and a colour, never colour alone. */
export function Risk({ level }: { level: RiskLevel }) {
  return (
    <span className={styles.risk} data-risk={level}>
      {common.risk[level]}
    </span>
  );
}
