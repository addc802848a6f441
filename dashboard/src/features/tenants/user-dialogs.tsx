import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { ManagedTenant, UserAccount } from "../../api/types.ts";
import { belongingsOf, type Belongings } from "../../entities/user/belongings.ts";
import { HandOver } from "../../entities/user/hand-over.tsx";
import { ActionDialog } from "../../ui/dialog.tsx";
import { SelectField, TextField } from "../../ui/field.tsx";
import { useTenantHeirs } from "./use-tenants.ts";
import { common } from "../../messages/en/common.ts";
import { tenants as t } from "../../messages/en/tenants.ts";

/** The roles that every tenant has. Those of a tenant's own are given in the tenant. */
const BUILT_IN = ["Admin", "Operator", "Viewer"].map((role) => ({ value: role, label: role }));

interface RoleFieldProps {
  value: string;
  /** One that the user has, and that is not built in. */
  own?: { value: string; label: string } | undefined;
  onText: (role: string) => void;
}

function RoleField({ value, own, onText }: RoleFieldProps) {
  const options = own === undefined ? BUILT_IN : [own, ...BUILT_IN];
  return (
    <SelectField field="role" label={t.role} value={value} onText={onText} options={options} />
  );
}

interface AddUserProps {
  tenant: ManagedTenant;
  onClose: () => void;
}

/** Makes an account of the gateway a member. */
export function AddUser({ tenant, onClose }: AddUserProps) {
  const queries = useQueryClient();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState("Viewer");
  const add = async () => {
    const params = { path: { id: tenant.id } };
    const body = { email: email.trim(), role };
    await call(api.POST("/api/admin/tenants/{id}/users", { params, body }));
    await queries.invalidateQueries({ queryKey: ["tenants", "users"] });
  };
  return (
    <ActionDialog title={t.addUser} action={t.addUser} onClose={onClose} onConfirm={add}>
      <TextField
        field="email"
        label={t.email}
        hint={t.addUserHint}
        type="email"
        required
        maxLength={254}
        value={email}
        onText={setEmail}
      />
      <RoleField value={role} onText={setRole} />
    </ActionDialog>
  );
}

interface UserDialogProps extends AddUserProps {
  user: UserAccount;
}

export function ChangeRole({ tenant, user, onClose }: UserDialogProps) {
  const queries = useQueryClient();
  const [role, setRole] = useState(user.role);
  const isBuiltIn = BUILT_IN.some(({ value }) => value === user.role);
  const save = async () => {
    const params = { path: { id: tenant.id, userId: user.id } };
    await call(api.PATCH("/api/admin/tenants/{id}/users/{userId}", { params, body: { role } }));
    await queries.invalidateQueries({ queryKey: ["tenants", "users"] });
  };
  return (
    <ActionDialog title={t.changeRoleTitle} action={common.save} onClose={onClose} onConfirm={save}>
      <p>{user.name}</p>
      <RoleField
        value={role}
        own={isBuiltIn ? undefined : { value: user.role, label: user.roleName }}
        onText={setRole}
      />
    </ActionDialog>
  );
}

/** Removes a guest. If there is something to hand over, it asks to whom before anything is done. */
export function RemoveUser({ tenant, user, onClose }: UserDialogProps) {
  const queries = useQueryClient();
  const [belongings, setBelongings] = useState<Belongings | null>(null);
  const [heir, setHeir] = useState("");
  const remove = async () => {
    const query = heir === "" ? {} : { reassignTo: heir };
    const params = { path: { id: tenant.id, userId: user.id }, query };
    try {
      await call(api.DELETE("/api/admin/tenants/{id}/users/{userId}", { params }));
    } catch (error) {
      const found = belongingsOf(error);
      if (found === null) throw error;
      setBelongings(found);
      return;
    }
    await queries.invalidateQueries({ queryKey: ["tenants", "users"] });
    onClose();
  };
  return (
    <ActionDialog
      title={t.removeTitle}
      action={t.remove(user.name)}
      variant="danger"
      onClose={onClose}
      onConfirm={remove}
      onDone={() => undefined}
    >
      <p>{t.removeAbout(user.name)}</p>
      {belongings && (
        <HandOverOf
          tenant={tenant}
          user={user}
          belongings={belongings}
          heir={heir}
          onHeir={setHeir}
        />
      )}
    </ActionDialog>
  );
}

interface HandOverOfProps {
  tenant: ManagedTenant;
  user: UserAccount;
  belongings: Belongings;
  heir: string;
  onHeir: (heir: string) => void;
}

function HandOverOf({ tenant, user, ...rest }: HandOverOfProps) {
  return <HandOver name={user.name} heirs={useTenantHeirs(tenant.id, user.id)} {...rest} />;
}
