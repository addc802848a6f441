import { Link } from "wouter";
import { useIsWithoutModel } from "../../entities/model/models.ts";
import { useCan } from "../../entities/user/auth.ts";
import { Rich } from "../../ui/rich.tsx";
import styles from "./no-model.module.css";
import { sessions as t } from "../../messages/en/sessions.ts";

/** Says before the first answer that there is no model to give one, and how to connect one. */
export function NoModel() {
  const mayManage = useCan("ManageModels");
  if (!useIsWithoutModel()) return null;
  return (
    <div role="note" className={styles.note}>
      <p>{t.noModel}</p>
      <p>
        {mayManage ? (
          <Rich
            text={t.connectModel}
            parts={{ link: (text: string) => <Link href="/models">{text}</Link> }}
          />
        ) : (
          t.askForModel
        )}
      </p>
    </div>
  );
}
