import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { UserAccount } from "../../api/types.ts";
import { useAuth } from "../../entities/user/auth.ts";
import { ActionDialog } from "../../ui/dialog.tsx";
import { SelectField } from "../../ui/field.tsx";
import { useUsers } from "./use-users.ts";
import { users as t } from "../../messages/en/users.ts";

interface DeleteUserProps {
  user: UserAccount;
  onClose: () => void;
}

/** Deletes a user; what was theirs goes to somebody, by default to who deletes. */
export function DeleteUser({ user, onClose }: DeleteUserProps) {
  const queries = useQueryClient();
  const self = useAuth().user;
  const [heir, setHeir] = useState(self.id);
  const others = useUsers("").data ?? [];
  const heirs = others.filter(
    ({ id, status }) => id !== user.id && id !== self.id && status === "active",
  );
  const remove = async () => {
    const params = { path: { id: user.id }, query: { reassignTo: heir } };
    await call(api.DELETE("/api/admin/users/{id}", { params }));
    await queries.invalidateQueries({ queryKey: ["users"] });
  };
  return (
    <ActionDialog
      title={t.deleteTitle}
      action={t.deleteUser(user.name)}
      variant="danger"
      onClose={onClose}
      onConfirm={remove}
    >
      <p>{user.guest ? t.deleteGuestAbout(user.name) : t.deleteAbout(user.name)}</p>
      <SelectField
        label={t.reassign}
        value={heir}
        onText={setHeir}
        options={[self, ...heirs].map(({ id, name, email }) => ({
          value: id,
          label: `${name} (${email})`,
        }))}
      />
    </ActionDialog>
  );
}
