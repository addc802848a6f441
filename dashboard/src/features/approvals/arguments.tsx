import { VisibleJson } from "../../ui/visible-text.tsx";
import styles from "./ask-card.module.css";

interface ArgumentsProps {
  label: string;
  params: object;
}

/** What a tool is to be called with, whole. */
export function Arguments({ label, params }: ArgumentsProps) {
  if (Object.keys(params).length === 0) return <p className={styles.about}>Without arguments</p>;
  return <VisibleJson label={label} value={params} />;
}
