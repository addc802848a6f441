import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { BegunSecondFactor } from "../../api/types.ts";
import { Copyable } from "../../ui/copyable.tsx";
import { ActionDialog } from "../../ui/dialog.tsx";
import { QrCode } from "../../ui/qr-code.tsx";
import { CodeField, OwnPassword } from "./proof-fields.tsx";
import { secondFactor as t } from "../../messages/en/second-factor.ts";

interface SetUpSecondFactorProps {
  onClose: () => void;
  /** Called with the recovery codes. */
  onDone: (codes: string[]) => void;
}

/** The password first, then the key for the app and a code that it makes of it. */
export function SetUpSecondFactor({ onClose, onDone }: SetUpSecondFactorProps) {
  const [password, setPassword] = useState("");
  const [begun, setBegun] = useState<BegunSecondFactor | null>(null);
  if (begun !== null) return <FirstCode begun={begun} onClose={onClose} onDone={onDone} />;
  const begin = () =>
    call(api.POST("/api/auth/second-factor", { body: { currentPassword: password } }));
  return (
    <ActionDialog
      key="password"
      title={t.setUpTitle}
      action={t.next}
      onClose={onClose}
      onConfirm={begin}
      onDone={setBegun}
    >
      <p>{t.confirmPassword}</p>
      <OwnPassword value={password} onText={setPassword} />
    </ActionDialog>
  );
}

function FirstCode({
  begun,
  onClose,
  onDone,
}: SetUpSecondFactorProps & { begun: BegunSecondFactor }) {
  const [code, setCode] = useState("");
  const confirm = async () => {
    const body = { code };
    const answer = await call(api.POST("/api/auth/second-factor/confirm", { body }));
    return answer.recoveryCodes;
  };
  return (
    <ActionDialog
      key="code"
      title={t.setUpTitle}
      action={t.turnOn}
      onClose={onClose}
      onConfirm={confirm}
      onDone={onDone}
    >
      <p>{t.scan}</p>
      <QrCode text={begun.uri} label={t.qrCode} />
      <p>{t.typeKey}</p>
      <Copyable text={begun.key} />
      <CodeField label={t.code} hint={t.codeHint} value={code} onText={setCode} />
    </ActionDialog>
  );
}
