import { useIsWithoutModel } from "../../entities/model/use-models.ts";
import { Rich } from "../../ui/rich.tsx";
import styles from "./no-model.module.css";
import { sessions as t } from "../../messages/en/sessions.ts";

/** Says before the first answer that there is no model to give one, and how to connect one. */
export function NoModel() {
  if (!useIsWithoutModel()) return null;
  return (
    <div role="note" className={styles.note}>
      <p>{t.noModel}</p>
      <p>
        <Rich text={t.connectModel} />
      </p>
    </div>
  );
}
