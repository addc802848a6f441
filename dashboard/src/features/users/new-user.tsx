import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { Copyable } from "../../ui/copyable.tsx";
import { ActionDialog, Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { RoleField } from "./role-field.tsx";
import styles from "./users.module.css";
import { common } from "../../messages/en/common.ts";
import { users as t } from "../../messages/en/users.ts";

/** Makes a user, and shows the first password this once. */
export function NewUser({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient();
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState("Viewer");
  const [password, setPassword] = useState<string | null>(null);
  const create = async () => {
    const created = await call(
      api.POST("/api/admin/users", { body: { email: email.trim(), name: name.trim(), role } }),
    );
    await queries.invalidateQueries({ queryKey: ["users"] });
    return created.password;
  };
  if (password !== null) {
    return (
      <Dialog title={t.firstPassword} onClose={onClose}>
        <div className={styles.sheet}>
          <p>{t.firstPasswordAbout(email.trim())}</p>
          <Copyable text={password} />
          <div className={styles.done}>
            <Button variant="primary" onClick={onClose}>
              {common.done}
            </Button>
          </div>
        </div>
      </Dialog>
    );
  }
  return (
    <ActionDialog
      title={t.newUser}
      action={t.createUser}
      onClose={onClose}
      onConfirm={create}
      onDone={setPassword}
    >
      <TextField
        label={t.email}
        type="email"
        required
        maxLength={254}
        value={email}
        onText={setEmail}
      />
      <TextField label={common.name} required maxLength={200} value={name} onText={setName} />
      <RoleField value={role} onText={setRole} />
    </ActionDialog>
  );
}
