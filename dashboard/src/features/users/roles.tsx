import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { Role } from "../../api/types.ts";
import { useCan } from "../../entities/user/auth.ts";
import { IncludedPermissions } from "../../entities/user/permission-list.tsx";
import { Button, IconButton } from "../../ui/button.tsx";
import { ActionDialog } from "../../ui/dialog.tsx";
import { Disclosure } from "../../ui/disclosure.tsx";
import { ErrorNotice, Loading } from "../../ui/notice.tsx";
import { Entries, Entry, Section } from "../../ui/section.tsx";
import { EditRole, NewRole } from "./edit-role.tsx";
import { useRoles } from "./use-users.ts";
import { common } from "../../messages/en/common.ts";
import { users as t } from "../../messages/en/users.ts";

type Open = { dialog: "new" } | { dialog: "edit" | "delete"; role: Role };

export function Roles() {
  const [open, setOpen] = useState<Open | null>(null);
  const roles = useRoles();
  const mayManage = useCan("ManageRoles");
  const close = () => setOpen(null);
  return (
    <Section
      title={t.roles}
      note={t.rolesAbout}
      action={
        mayManage && (
          <Button icon="plus" onClick={() => setOpen({ dialog: "new" })}>
            {t.newRole}
          </Button>
        )
      }
    >
      {roles.error && <ErrorNotice error={roles.error} onRetry={() => void roles.refetch()} />}
      {roles.isPending && <Loading lines={3} />}
      <Entries label={t.roles}>
        {roles.data?.map((role) => (
          <RoleEntry
            key={role.id}
            role={role}
            onOpen={mayManage && !role.builtIn ? (dialog) => setOpen({ dialog, role }) : null}
          />
        ))}
      </Entries>
      {open?.dialog === "new" && <NewRole onClose={close} />}
      {open?.dialog === "edit" && <EditRole role={open.role} onClose={close} />}
      {open?.dialog === "delete" && <DeleteRole role={open.role} onClose={close} />}
    </Section>
  );
}

interface RoleEntryProps {
  role: Role;
  onOpen: ((dialog: "edit" | "delete") => void) | null;
}

function RoleEntry({ role, onOpen }: RoleEntryProps) {
  return (
    <Entry
      title={role.name}
      mark={role.builtIn ? t.builtIn : undefined}
      actions={
        onOpen && (
          <>
            <IconButton
              icon="pencil"
              label={t.editRole(role.name)}
              onClick={() => onOpen("edit")}
            />
            <IconButton
              icon="trash"
              label={t.deleteRole(role.name)}
              onClick={() => onOpen("delete")}
            />
          </>
        )
      }
    >
      <Disclosure id={role.id} summary={t.count(role.permissions.length)}>
        {role.permissions.length === 0 && <p>{common.none}</p>}
        <IncludedPermissions included={role.permissions} />
      </Disclosure>
    </Entry>
  );
}

function DeleteRole({ role, onClose }: { role: Role; onClose: () => void }) {
  const queries = useQueryClient();
  const remove = async () => {
    await call(api.DELETE("/api/admin/roles/{id}", { params: { path: { id: role.id } } }));
    await queries.invalidateQueries({ queryKey: ["users"] });
  };
  return (
    <ActionDialog
      title={t.deleteRoleTitle}
      action={t.deleteRole(role.name)}
      variant="danger"
      onClose={onClose}
      onConfirm={remove}
    >
      <p>{t.deleteRoleAbout(role.name)}</p>
    </ActionDialog>
  );
}
