import { useState } from "react";
import { Link } from "wouter";
import { ApiError } from "../../api/client.ts";
import type { ManagedTenant } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { Empty, ErrorNotice, Loading } from "../../ui/notice.tsx";
import { VisibleText } from "../../ui/visible-text.tsx";
import { DeleteTenant, DisableTenant, EditTenant } from "./tenant-dialogs.tsx";
import { TenantUsers } from "./tenant-users.tsx";
import styles from "./tenants.module.css";
import { useStatus } from "./use-status.ts";
import { useTenant } from "./use-tenants.ts";
import { tenants as t } from "../../messages/en/tenants.ts";

/** One tenant: what it is, and who is in it. */
export function TenantDetail({ id }: { id: string }) {
  const found = useTenant(id);
  const isGone = found.error instanceof ApiError && found.error.status === 404;
  return (
    <section>
      <p>
        <Link href="/tenants">{t.back}</Link>
      </p>
      {found.error && !isGone && (
        <ErrorNotice error={found.error} onRetry={() => void found.refetch()} />
      )}
      {isGone && <Empty title={t.noneTitle} />}
      {found.isPending && <Loading lines={4} label={t.loading} />}
      {found.data && !isGone && <Tenant tenant={found.data} />}
    </section>
  );
}

function Tenant({ tenant }: { tenant: ManagedTenant }) {
  const [open, setOpen] = useState<"edit" | "disable" | "delete" | null>(null);
  const enable = useStatus(tenant, "active");
  const close = () => setOpen(null);
  return (
    <>
      <div className={styles.head}>
        <h2>
          <VisibleText text={tenant.name} />
        </h2>
        {tenant.status !== "deleting" && (
          <div className={styles.buttons}>
            <Button icon="pencil" onClick={() => setOpen("edit")}>
              {t.edit}
            </Button>
            {tenant.status === "active" && !tenant.main && (
              <Button onClick={() => setOpen("disable")}>{t.disable}</Button>
            )}
            {tenant.status === "disabled" && (
              <>
                <Button disabled={enable.isPending} onClick={() => enable.mutate()}>
                  {t.enable}
                </Button>
                <Button icon="trash" variant="danger" onClick={() => setOpen("delete")}>
                  {t.deleteTenant}
                </Button>
              </>
            )}
          </div>
        )}
      </div>
      {enable.error && <ErrorNotice error={enable.error} />}
      {tenant.main && <p className={styles.note}>{t.mainAbout}</p>}
      {tenant.status === "deleting" && <p className={styles.note}>{t.deletingAbout}</p>}
      <dl className={styles.facts}>
        <div>
          <dt>{t.slug}</dt>
          <dd>{tenant.slug}</dd>
        </div>
        <div>
          <dt>{t.statusLabel}</dt>
          <dd>{t.status[tenant.status]}</dd>
        </div>
        {tenant.description !== null && (
          <div>
            <dt>{t.description}</dt>
            <dd>{tenant.description}</dd>
          </div>
        )}
      </dl>
      {tenant.status !== "deleting" && <TenantUsers tenant={tenant} />}
      {open === "edit" && <EditTenant tenant={tenant} onClose={close} />}
      {open === "disable" && <DisableTenant tenant={tenant} onClose={close} />}
      {open === "delete" && <DeleteTenant tenant={tenant} onClose={close} />}
    </>
  );
}
