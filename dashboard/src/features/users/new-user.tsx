import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import { ShownPassword } from "../../entities/user/shown-password.tsx";
import { ActionDialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { RoleField } from "./role-field.tsx";
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
    const shown = { title: t.firstPassword, email: email.trim(), password };
    return <ShownPassword {...shown} onClose={onClose} />;
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
        field="email"
        label={t.email}
        type="email"
        required
        maxLength={254}
        value={email}
        onText={setEmail}
      />
      <TextField
        field="name"
        label={common.name}
        required
        maxLength={200}
        value={name}
        onText={setName}
      />
      <RoleField value={role} onText={setRole} />
    </ActionDialog>
  );
}
