import { SelectField } from "../../ui/field.tsx";
import { useRoles } from "./use-users.ts";
import { users as t } from "../../messages/en/users.ts";

interface RoleFieldProps {
  value: string;
  onText: (role: string) => void;
}

export function RoleField({ value, onText }: RoleFieldProps) {
  const roles = useRoles();
  const known = roles.data ?? [];
  // What a user has is shown also while the roles are loading, and if the role is gone.
  const options = known.some(({ id }) => id === value)
    ? known
    : [{ id: value, name: value }, ...known];
  return (
    <SelectField
      field="role"
      label={t.role}
      value={value}
      onText={onText}
      options={options.map(({ id, name }) => ({ value: id, label: name }))}
    />
  );
}
