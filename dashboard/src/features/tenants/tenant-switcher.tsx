import { useState } from "react";
import { tenant as chosen } from "../../api/tenant.ts";
import { useAuth } from "../../entities/user/auth.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icon.tsx";
import { VisibleText } from "../../ui/visible-text.tsx";
import styles from "./tenants.module.css";
import { shell } from "../../messages/en/shell.ts";
import { tenants as t } from "../../messages/en/tenants.ts";

/** In which tenant this tab works, for people who have several. */
export function TenantSwitcher({ className }: { className: string }) {
  const { tenant, tenants } = useAuth().user;
  const [isOpen, setIsOpen] = useState(false);
  if (tenants.length < 2) return null;
  return (
    <>
      <button
        type="button"
        className={className}
        aria-label={shell.switchTenant(tenant.name)}
        onClick={() => setIsOpen(true)}
      >
        <Icon name="building" />
        <span className={styles.place}>{tenant.name}</span>
      </button>
      {isOpen && (
        <Dialog title={t.switchTo} onClose={() => setIsOpen(false)}>
          <ul role="list" className={styles.list}>
            {tenants.map(({ id, slug, name, role }) => (
              <li key={id} className={styles.entry}>
                <div className={styles.what}>
                  <strong>
                    <VisibleText text={name} />
                  </strong>
                  {id === tenant.id && <span className={styles.mark}>{t.current}</span>}
                  <p>{slug}</p>
                </div>
                {id !== tenant.id && (
                  <Button title={role} onClick={() => chosen.enter(slug)}>
                    <VisibleText text={name} />
                  </Button>
                )}
              </li>
            ))}
          </ul>
        </Dialog>
      )}
    </>
  );
}
