import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { Permission, Role } from "../../api/types.ts";
import { useAuth } from "../../entities/user/auth.ts";
import { PermissionList } from "../../entities/user/permission-list.tsx";
import { ActionDialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import styles from "./users.module.css";
import { common } from "../../messages/en/common.ts";
import { users as t } from "../../messages/en/users.ts";

interface EditRoleProps {
  /** Null for a new one. */
  role: Role | null;
  onClose: () => void;
}

export function EditRole({ role, onClose }: EditRoleProps) {
  const queries = useQueryClient();
  const { permissions: own } = useAuth().user;
  const [name, setName] = useState(role?.name ?? "");
  const [permissions, setPermissions] = useState<Permission[]>(role?.permissions ?? []);
  const save = async () => {
    const body = { name: name.trim(), permissions };
    await call(
      role === null
        ? api.POST("/api/admin/roles", { body })
        : api.PATCH("/api/admin/roles/{id}", { params: { path: { id: role.id } }, body }),
    );
    await queries.invalidateQueries({ queryKey: ["users"] });
  };
  return (
    <ActionDialog
      title={role === null ? t.newRole : t.editRoleTitle}
      action={role === null ? t.createRole : common.save}
      onClose={onClose}
      onConfirm={save}
    >
      <TextField
        field="name"
        label={common.name}
        required
        maxLength={200}
        value={name}
        onText={setName}
      />
      <fieldset className={styles.permissions}>
        <legend>{t.permissions}</legend>
        <PermissionList offered={own} chosen={permissions} onChange={setPermissions} />
      </fieldset>
    </ActionDialog>
  );
}
