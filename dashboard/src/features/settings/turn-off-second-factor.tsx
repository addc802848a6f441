import { useState } from "react";
import { api, call } from "../../api/client.ts";
import { ActionDialog } from "../../ui/dialog.tsx";
import { CodeField, OwnPassword } from "./proof-fields.tsx";
import { secondFactor as t } from "../../messages/en/second-factor.ts";

interface TurnOffSecondFactorProps {
  onClose: () => void;
  onDone: () => void;
}

export function TurnOffSecondFactor({ onClose, onDone }: TurnOffSecondFactorProps) {
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const body = { currentPassword: password, code };
  return (
    <ActionDialog
      title={t.turnOffTitle}
      action={t.turnOff}
      variant="danger"
      onClose={onClose}
      onConfirm={async () => {
        await call(api.POST("/api/auth/second-factor/disable", { body }));
      }}
      onDone={onDone}
    >
      <p>{t.turnOffAbout}</p>
      <OwnPassword value={password} onText={setPassword} />
      <CodeField value={code} onText={setCode} />
    </ActionDialog>
  );
}
