import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call, callVersioned, isChangedMeanwhile } from "../../api/client.ts";
import type { Permission, Role } from "../../api/types.ts";
import { useAuth } from "../../entities/user/auth.ts";
import { PermissionList } from "../../entities/user/permission-list.tsx";
import { ActionDialog, Dialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import { ErrorNotice, Loading } from "../../ui/notice.tsx";
import styles from "./users.module.css";
import { common } from "../../messages/en/common.ts";
import { users as t } from "../../messages/en/users.ts";

type RoleValues = Pick<Role, "name" | "permissions">;

export function NewRole({ onClose }: { onClose: () => void }) {
  const create = (body: RoleValues) => call(api.POST("/api/admin/roles", { body }));
  return (
    <RoleDialog
      title={t.newRole}
      action={t.createRole}
      start={{ name: "", permissions: [] }}
      onSave={create}
      onClose={onClose}
    />
  );
}

/** Changes the version of the role that is shown here: what somebody else gave or took meanwhile is not undone unseen. */
export function EditRole({ role, onClose }: { role: Role; onClose: () => void }) {
  const path = { id: role.id };
  const saved = useQuery({
    queryKey: ["role", role.id],
    queryFn: () => callVersioned(api.GET("/api/admin/roles/{id}", { params: { path } })),
    // Loaded when the dialog opens, and not again while the user chooses.
    staleTime: Infinity,
    gcTime: 0,
  });
  if (saved.data === undefined) {
    return (
      <Dialog title={t.editRoleTitle} onClose={onClose}>
        {saved.error ? (
          <ErrorNotice error={saved.error} onRetry={() => void saved.refetch()} />
        ) : (
          <Loading />
        )}
      </Dialog>
    );
  }
  const { body: start, tag } = saved.data;
  const change = async (body: RoleValues) => {
    try {
      const params = { path, header: { "If-Match": tag } };
      return await call(api.PATCH("/api/admin/roles/{id}", { params, body }));
    } catch (error) {
      if (isChangedMeanwhile(error)) await saved.refetch();
      throw error;
    }
  };
  return (
    <RoleDialog
      title={t.editRoleTitle}
      action={common.save}
      start={start}
      onSave={change}
      onClose={onClose}
    />
  );
}

interface RoleDialogProps {
  title: string;
  action: string;
  start: RoleValues;
  onSave: (values: RoleValues) => Promise<unknown>;
  onClose: () => void;
}

function RoleDialog({ title, action, start, onSave, onClose }: RoleDialogProps) {
  const queries = useQueryClient();
  const { permissions: own } = useAuth().user;
  const [name, setName] = useState(start.name);
  const [permissions, setPermissions] = useState<Permission[]>(start.permissions);
  const save = async () => {
    await onSave({ name: name.trim(), permissions });
    await queries.invalidateQueries({ queryKey: ["users"] });
  };
  return (
    <ActionDialog title={title} action={action} onClose={onClose} onConfirm={save}>
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
