import { useState } from "react";
import { tenant as chosen } from "../../api/tenant.ts";
import { useAuth } from "../../entities/user/auth.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Entries, Entry } from "../../ui/section.tsx";
import { VisibleText } from "../../ui/visible-text.tsx";
import styles from "./tenants.module.css";
import { common } from "../../messages/en/common.ts";
import { shell } from "../../messages/en/shell.ts";
import { tenants as t } from "../../messages/en/tenants.ts";

/** In which tenant this tab works, for users who have several. */
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
        title={tenant.name}
        onClick={() => setIsOpen(true)}
      >
        <Icon name="building" />
        <span className={styles.place}>{tenant.name}</span>
      </button>
      {isOpen && (
        <Dialog title={t.switchTo} onClose={() => setIsOpen(false)}>
          <Entries label={t.title}>
            {tenants.map(({ id, slug, name, roleName }) => (
              <Entry
                key={id}
                title={<VisibleText text={name} />}
                mark={id === tenant.id ? t.current : undefined}
                actions={
                  id !== tenant.id && (
                    <Button aria-label={t.workIn(name)} onClick={() => chosen.enter(slug)}>
                      {t.open}
                    </Button>
                  )
                }
              >
                <p>
                  <VisibleText text={[slug, roleName].join(common.separator)} />
                </p>
              </Entry>
            ))}
          </Entries>
        </Dialog>
      )}
    </>
  );
}
