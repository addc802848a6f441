import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { UserAccount } from "../../api/types.ts";
import { useAuth } from "../../entities/user/auth.ts";
import { Button } from "../../ui/button.tsx";
import { ActionDialog } from "../../ui/dialog.tsx";
import { SelectField, TextField } from "../../ui/field.tsx";
import { RemoveSecondFactor } from "./remove-second-factor.tsx";
import { ResetPassword } from "./reset-password.tsx";
import { RoleField } from "./role-field.tsx";
import styles from "./users.module.css";
import { common } from "../../messages/en/common.ts";
import { secondFactor } from "../../messages/en/second-factor.ts";
import { users as t } from "../../messages/en/users.ts";

interface EditUserProps {
  user: UserAccount;
  onClose: () => void;
}

/** Changes what is shown here; what was not touched is not sent, so that it is not written over. */
export function EditUser({ user, onClose }: EditUserProps) {
  const queries = useQueryClient();
  const { id: own } = useAuth().user;
  const [email, setEmail] = useState(user.email);
  const [name, setName] = useState(user.name);
  const [role, setRole] = useState(user.role);
  const [status, setStatus] = useState<string>(user.status);
  const [instead, setInstead] = useState<"signOut" | "password" | "secondFactor" | null>(null);
  const params = { path: { id: user.id } };
  const save = async () => {
    const body = {
      ...(email.trim() !== user.email && { email: email.trim() }),
      ...(name.trim() !== user.name && { name: name.trim() }),
      ...(role !== user.role && { role }),
      ...(status !== user.status &&
        ({ status: status === "active" ? "active" : "suspended" } as const)),
    };
    await call(api.PATCH("/api/admin/users/{id}", { params, body }));
    await queries.invalidateQueries({ queryKey: ["users"] });
  };
  if (instead === "password") return <ResetPassword user={user} onClose={onClose} />;
  if (instead === "secondFactor") return <RemoveSecondFactor user={user} onClose={onClose} />;
  if (instead === "signOut") {
    return (
      <ActionDialog
        title={t.signOutTitle}
        action={t.signOut}
        variant="danger"
        onClose={onClose}
        onConfirm={() => call(api.POST("/api/admin/users/{id}/logout", { params }))}
      >
        <p>{t.signOutAbout(user.name)}</p>
      </ActionDialog>
    );
  }
  return (
    <ActionDialog title={t.editTitle} action={common.save} onClose={onClose} onConfirm={save}>
      {user.guest ? (
        <p>{t.guestAbout(user.name)}</p>
      ) : (
        <>
          <TextField
            field="name"
            label={common.name}
            required
            maxLength={200}
            value={name}
            onText={setName}
          />
          <TextField
            field="email"
            label={t.email}
            type="email"
            required
            maxLength={254}
            value={email}
            onText={setEmail}
          />
        </>
      )}
      <RoleField value={role} onText={setRole} />
      {user.id !== own && !user.guest && (
        <>
          <SelectField
            label={t.access}
            hint={t.accessHint}
            value={status}
            onText={setStatus}
            options={(["active", "suspended"] as const).map((value) => ({
              value,
              label: t.mayAccess[value],
            }))}
          />
          <div className={styles.more}>
            <Button small onClick={() => setInstead("password")}>
              {t.resetPassword}
            </Button>
            <Button small onClick={() => setInstead("signOut")}>
              {t.signOut}
            </Button>
            {user.secondFactor && (
              <Button small onClick={() => setInstead("secondFactor")}>
                {secondFactor.remove}
              </Button>
            )}
          </div>
        </>
      )}
    </ActionDialog>
  );
}
