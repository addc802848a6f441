import { useId } from "react";
import type { DiscussionVerdict } from "../../api/types.ts";
import { CopyIcon } from "../../ui/copy-button.tsx";
import { Markdown } from "../../ui/markdown/markdown.tsx";
import styles from "./verdict-card.module.css";
import { common } from "../../messages/en/common.ts";
import { discussions as t } from "../../messages/en/discussions.ts";

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
      <h3 id={titleId}>{t.verdictOf(judge)}</h3>
      <p className={styles.recommendation}>{recommendation}</p>
      <p className={styles.confidence}>
        <meter min={0} max={1} value={confidence} aria-label={t.confidence} />
        {t.sure(common.percent(Math.round(confidence * 100)))}
      </p>
      <Markdown text={reasoning} />
      <div className={styles.lists}>
        <Points title={t.keyPoints} points={keyPoints} />
        <Points title={t.dissent} points={dissent} />
      </div>
      {hash !== null && (
        <p className={styles.hash}>
          {t.hash} <code>{hash}</code> <CopyIcon text={hash} label={t.copyHash} />
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
