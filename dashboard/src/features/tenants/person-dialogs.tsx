import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { ManagedTenant, UserAccount } from "../../api/types.ts";
import { ActionDialog } from "../../ui/dialog.tsx";
import { SelectField, TextField } from "../../ui/field.tsx";
import { common } from "../../messages/en/common.ts";
import { tenants as t } from "../../messages/en/tenants.ts";

/** The roles that every tenant has. Those of a tenant's own are given in the tenant. */
const BUILT_IN = ["Admin", "Operator", "Viewer"];

interface RoleFieldProps {
  value: string;
  onText: (role: string) => void;
}

function RoleField({ value, onText }: RoleFieldProps) {
  const roles = BUILT_IN.includes(value) ? BUILT_IN : [value, ...BUILT_IN];
  const options = roles.map((role) => ({ value: role, label: role }));
  return <SelectField label={t.role} value={value} onText={onText} options={options} />;
}

interface AddPersonProps {
  tenant: ManagedTenant;
  onClose: () => void;
}

/** Makes an account of the deployment a member. */
export function AddPerson({ tenant, onClose }: AddPersonProps) {
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
    <ActionDialog title={t.addPerson} action={t.addPerson} onClose={onClose} onConfirm={add}>
      <TextField
        label={t.email}
        hint={t.addPersonAbout}
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

interface PersonDialogProps extends AddPersonProps {
  user: UserAccount;
}

export function ChangeRole({ tenant, user, onClose }: PersonDialogProps) {
  const queries = useQueryClient();
  const [role, setRole] = useState(user.role);
  const save = async () => {
    const params = { path: { id: tenant.id, userId: user.id } };
    await call(api.PATCH("/api/admin/tenants/{id}/users/{userId}", { params, body: { role } }));
    await queries.invalidateQueries({ queryKey: ["tenants", "users"] });
  };
  return (
    <ActionDialog title={t.changeRoleTitle} action={common.save} onClose={onClose} onConfirm={save}>
      <p>{user.name}</p>
      <RoleField value={role} onText={setRole} />
    </ActionDialog>
  );
}

interface RemovePersonProps extends PersonDialogProps {
  others: UserAccount[];
}

/** Removes a guest; what was theirs here goes to somebody of the tenant. */
export function RemovePerson({ tenant, user, others, onClose }: RemovePersonProps) {
  const queries = useQueryClient();
  const heirs = others.filter(({ id, status }) => id !== user.id && status === "active");
  const [heir, setHeir] = useState(heirs[0]?.id ?? "");
  const remove = async () => {
    const query = heir === "" ? {} : { reassignTo: heir };
    const params = { path: { id: tenant.id, userId: user.id }, query };
    await call(api.DELETE("/api/admin/tenants/{id}/users/{userId}", { params }));
    await queries.invalidateQueries({ queryKey: ["tenants", "users"] });
  };
  return (
    <ActionDialog
      title={t.removeTitle}
      action={t.remove(user.name)}
      variant="danger"
      onClose={onClose}
      onConfirm={remove}
    >
      <p>{t.removeAbout(user.name)}</p>
      {heirs.length > 0 && (
        <SelectField
          label={t.reassign}
          value={heir}
          onText={setHeir}
          options={heirs.map(({ id, name, email }) => ({
            value: id,
            label: `${name} (${email})`,
          }))}
        />
      )}
    </ActionDialog>
  );
}
