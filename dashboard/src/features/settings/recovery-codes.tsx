import { useState } from "react";
import { api, call } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { ActionDialog, Dialog } from "../../ui/dialog.tsx";
import { saveFile } from "../../ui/save-file.ts";
import { CodeField, OwnPassword } from "./proof-fields.tsx";
import styles from "./settings.module.css";
import { common } from "../../messages/en/common.ts";
import { secondFactor as t } from "../../messages/en/second-factor.ts";

interface RecoveryCodesProps {
  codes: string[];
  onClose: () => void;
}

/** Recovery codes, which are shown this once. */
export function RecoveryCodes({ codes, onClose }: RecoveryCodesProps) {
  const text = `${codes.join("\n")}\n`;
  return (
    <Dialog title={t.recoveryTitle} onClose={onClose}>
      <div className={styles.sheet}>
        <p>{t.recoveryAbout}</p>
        <ul className={styles.codes}>
          {codes.map((code) => (
            <li key={code}>
              <code>{code}</code>
            </li>
          ))}
        </ul>
        <div className={styles.done}>
          <CopyButton text={text} />
          <Button
            onClick={() => saveFile(new Blob([text], { type: "text/plain" }), "sophon-codes.txt")}
          >
            {t.downloadCodes}
          </Button>
          <Button variant="primary" onClick={onClose}>
            {common.done}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

interface NewRecoveryCodesProps {
  onClose: () => void;
  onDone: (codes: string[]) => void;
}

export function NewRecoveryCodes({ onClose, onDone }: NewRecoveryCodesProps) {
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const renew = async () => {
    const body = { currentPassword: password, code };
    const answer = await call(api.POST("/api/auth/second-factor/recovery-codes", { body }));
    return answer.recoveryCodes;
  };
  return (
    <ActionDialog
      title={t.newCodes}
      action={t.makeCodes}
      onClose={onClose}
      onConfirm={renew}
      onDone={onDone}
    >
      <p>{t.newCodesAbout}</p>
      <OwnPassword value={password} onText={setPassword} />
      <CodeField value={code} onText={setCode} />
    </ActionDialog>
  );
}
