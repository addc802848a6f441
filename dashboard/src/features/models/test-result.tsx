import type { ProviderTest } from "../../api/types.ts";
import { Icon } from "../../ui/icon.tsx";
import { intoView } from "../../ui/into-view.ts";
import { VisibleText } from "../../ui/visible-text.tsx";
import { common } from "../../messages/en/common.ts";
import { models as t } from "../../messages/en/models.ts";
import styles from "./models.module.css";

/** What came of a real call: the model answered, or what is wrong and what to do about it. */
export function TestResult({ test }: { test: ProviderTest }) {
  const { model, durationMs, problem } = test.check;
  if (problem) {
    return (
      <div ref={intoView} role="alert" className={styles.problem}>
        <p>
          <VisibleText text={problem.message} />
        </p>
        <p>
          <VisibleText text={problem.nextStep} />
        </p>
      </div>
    );
  }
  const seconds = Math.max(durationMs / 1000, 0.1).toFixed(1);
  const offered = test.models.length > 0 && t.offers(test.models.length);
  return (
    <p role="status" className={styles.works}>
      <Icon name="check" size={16} />
      {[t.works(model, seconds), offered].filter(Boolean).join(common.separator)}
    </p>
  );
}
