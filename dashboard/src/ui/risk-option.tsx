import type { ReactNode } from "react";
import styles from "./risk-option.module.css";
import { Risk, type RiskLevel } from "./risk.tsx";

interface RiskOptionProps {
  name: string;
  about: string;
  risk: RiskLevel;
  checked: boolean;
  disabled?: boolean;
  /** Beside the name. */
  note?: ReactNode;
  onToggle: () => void;
}

/** A checkbox for something that an agent or a node may be allowed to do. */
export function RiskOption(props: RiskOptionProps) {
  const { name, about, risk, checked, disabled = false, note, onToggle } = props;
  return (
    <label className={styles.option}>
      <input type="checkbox" checked={checked} disabled={disabled} onChange={onToggle} />
      <span>
        <code>{name}</code>
        {note}
        <span className={styles.about}>{about}</span>
      </span>
      <Risk level={risk} />
    </label>
  );
}
