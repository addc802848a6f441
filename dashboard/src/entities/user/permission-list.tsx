import type { Permission } from "../../api/types.ts";
import { permissions as t } from "../../messages/en/permissions.ts";
import { grouped } from "./permission-groups.ts";
import styles from "./permission-list.module.css";

interface PermissionListProps {
  offered: readonly Permission[];
  chosen: readonly Permission[];
  onChange: (chosen: Permission[]) => void;
}

/** Permissions to choose from, in groups. What they are for is said by the fieldset around them. */
export function PermissionList({ offered, chosen, onChange }: PermissionListProps) {
  const toggled = (permission: Permission) =>
    chosen.includes(permission)
      ? chosen.filter((other) => other !== permission)
      : [...chosen, permission];
  return (
    <div className={styles.groups}>
      {grouped(offered).map(([group, permissions]) => (
        <div key={group} role="group" aria-label={t.group[group]}>
          <p className={styles.group}>{t.group[group]}</p>
          <ul role="list" className={styles.permissions}>
            {permissions.map((permission) => (
              <li key={permission}>
                <label>
                  <input
                    type="checkbox"
                    checked={chosen.includes(permission)}
                    onChange={() => onChange(toggled(permission))}
                  />
                  <span>
                    {t.about[permission]} <code>{permission}</code>
                  </span>
                </label>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}

/** What a role or token includes, in groups, to be read. */
export function IncludedPermissions({ included }: { included: readonly Permission[] }) {
  return (
    <div className={styles.groups}>
      {grouped(included).map(([group, permissions]) => (
        <div key={group} role="group" aria-label={t.group[group]}>
          <p className={styles.group}>{t.group[group]}</p>
          <ul role="list">
            {permissions.map((permission) => (
              <li key={permission}>{t.about[permission]}</li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}
