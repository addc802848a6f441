import type { Permission } from "../../api/types.ts";
import styles from "./permission-list.module.css";

interface PermissionListProps {
  offered: readonly Permission[];
  chosen: readonly Permission[];
  onChange: (chosen: Permission[]) => void;
}

/** Permissions to choose from. What they are for is said by the fieldset around them. */
export function PermissionList({ offered, chosen, onChange }: PermissionListProps) {
  const toggled = (permission: Permission) =>
    chosen.includes(permission)
      ? chosen.filter((other) => other !== permission)
      : [...chosen, permission];
  return (
    <ul role="list" className={styles.permissions}>
      {offered.map((permission) => (
        <li key={permission}>
          <label>
            <input
              type="checkbox"
              checked={chosen.includes(permission)}
              onChange={() => onChange(toggled(permission))}
            />
            <code>{permission}</code>
          </label>
        </li>
      ))}
    </ul>
  );
}
