/** The arrows with which one goes from one alternative of a message to the next. */
import { IconButton } from "../../ui/button.tsx";
import type { Alternatives } from "./branches.ts";
import styles from "./branch-switch.module.css";
import { conversation as t } from "../../messages/en/conversation.ts";

interface BranchSwitchProps {
  alternatives: Alternatives;
  /** Absent while an answer is being written, which belongs to what is shown. */
  onBranch: ((branch: number) => void) | undefined;
}

export function BranchSwitch({ alternatives, onBranch }: BranchSwitchProps) {
  const { branches, shown } = alternatives;
  const step = (by: number) => {
    const branch = branches[shown + by];
    if (branch !== undefined) onBranch?.(branch);
  };
  return (
    <span className={styles.switch} role="group" aria-label={t.versions}>
      <IconButton
        small
        icon="back"
        label={t.previousVersion}
        disabled={!onBranch || shown === 0}
        onClick={() => step(-1)}
      />
      <span>{t.version(shown + 1, branches.length)}</span>
      <IconButton
        small
        icon="chevron"
        label={t.nextVersion}
        disabled={!onBranch || shown === branches.length - 1}
        onClick={() => step(1)}
      />
    </span>
  );
}
