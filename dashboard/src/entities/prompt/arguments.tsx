import { prompts as t } from "../../messages/en/prompts.ts";
import { VisibleJson } from "../../ui/visible-text.tsx";
import styles from "./prompt-card.module.css";

interface ApprovalArgumentsProps {
  toolName: string;
  params: object;
  /** The arguments that a user put in their place, or null. */
  modifiedParams: object | null;
}

/** The complete arguments of a tool call, and what a user changed them to. */
export function ApprovalArguments({ toolName, params, modifiedParams }: ApprovalArgumentsProps) {
  return (
    <>
      <Arguments label={t.argumentsFor(toolName)} params={params} />
      {modifiedParams !== null && (
        <>
          <p className={styles.about}>{t.changedTo}</p>
          <Arguments label={t.changedArgumentsFor(toolName)} params={modifiedParams} />
        </>
      )}
    </>
  );
}

function Arguments({ label, params }: { label: string; params: object }) {
  if (Object.keys(params).length === 0) return <p className={styles.about}>{t.noArguments}</p>;
  return <VisibleJson label={label} value={params} />;
}
