import { useId } from "react";
import type { DiscussionVerdict } from "../../api/types.ts";
import { CopyIcon } from "../../ui/copy-button.tsx";
import { Markdown } from "../../ui/markdown/markdown.tsx";
import styles from "./verdict-card.module.css";

interface VerdictCardProps {
  verdict: DiscussionVerdict;
  judge: string;
  hash: string | null;
}

export function VerdictCard({ verdict, judge, hash }: VerdictCardProps) {
  const { recommendation, reasoning, confidence, keyPoints, dissent } = verdict;
  const titleId = useId();
  return (
    <section className={styles.card} aria-labelledby={titleId}>
      <h3 id={titleId}>Verdict of {judge}</h3>
      <p className={styles.recommendation}>{recommendation}</p>
      <p className={styles.confidence}>
        <meter min={0} max={1} value={confidence} aria-label="Confidence" />
        {Math.round(confidence * 100)} % sure
      </p>
      <Markdown text={reasoning} />
      <div className={styles.lists}>
        <Points title="Key points" points={keyPoints} />
        <Points title="Dissent" points={dissent} />
      </div>
      {hash !== null && (
        <p className={styles.hash}>
          SHA-256 <code>{hash}</code> <CopyIcon text={hash} label="Copy the hash" />
        </p>
      )}
    </section>
  );
}

function Points({ title, points }: { title: string; points: string[] }) {
  if (points.length === 0) return null;
  return (
    <div>
      <h4>{title}</h4>
      <ul>
        {points.map((point, index) => (
          <li key={index}>{point}</li>
        ))}
      </ul>
    </div>
  );
}
