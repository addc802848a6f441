import { isChangedMeanwhile } from "../../api/client.ts";
import { ErrorText } from "../../ui/notice.tsx";
import styles from "./save-error.module.css";

interface SaveErrorProps {
  error: unknown;
  /** What to say if somebody else was faster. */
  changedMeanwhile: string;
}

/** Why a part of an agent was not saved. */
export function SaveError({ error, changedMeanwhile }: SaveErrorProps) {
  if (error === null) return null;
  if (!isChangedMeanwhile(error)) return <ErrorText error={error} />;
  return (
    <p role="alert" className={styles.conflict}>
      {changedMeanwhile}
    </p>
  );
}
