import { useState } from "react";
import { Link } from "wouter";
import { ApiError } from "../../api/client.ts";
import type { ManagedTenant } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { Empty, ErrorNotice, Loading } from "../../ui/notice.tsx";
import { Note, Section } from "../../ui/section.tsx";
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
    <>
      <p>
        <Link href="/tenants">{t.all}</Link>
      </p>
      {found.error && !isGone && (
        <ErrorNotice error={found.error} onRetry={() => void found.refetch()} />
      )}
      {isGone && <Empty title={t.gone} />}
      {found.isPending && <Loading lines={4} label={t.loading} />}
      {found.data && !isGone && <Tenant tenant={found.data} />}
    </>
  );
}

function Tenant({ tenant }: { tenant: ManagedTenant }) {
  const facts = [
    [t.slug, tenant.slug],
    [t.statusLabel, t.status[tenant.status]],
    ...(tenant.description === null ? [] : [[t.descriptionLabel, tenant.description]]),
  ] as const;
  return (
    <>
      <Section title={tenant.name} action={<TenantActions tenant={tenant} />}>
        {tenant.main && <Note>{t.mainAbout}</Note>}
        {tenant.status === "deleting" && <Note>{t.deletingAbout}</Note>}
        <dl className={styles.facts}>
          {facts.map(([label, text]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>
                <VisibleText text={text} />
              </dd>
            </div>
          ))}
        </dl>
      </Section>
      {tenant.status !== "deleting" && <TenantUsers tenant={tenant} />}
    </>
  );
}

/** What can be done with a tenant: one that runs the gateway stays, and one is disabled before it is deleted. */
function TenantActions({ tenant }: { tenant: ManagedTenant }) {
  const [open, setOpen] = useState<"edit" | "disable" | "delete" | null>(null);
  const enable = useStatus(tenant, "active");
  const close = () => setOpen(null);
  if (tenant.status === "deleting") return null;
  return (
    <div className={styles.buttons}>
      <Button icon="pencil" onClick={() => setOpen("edit")}>
        {t.edit}
      </Button>
      {tenant.status === "active" && !tenant.main && (
        <Button onClick={() => setOpen("disable")}>{t.disable}</Button>
      )}
      {tenant.status === "disabled" && (
        <>
          <Button busy={enable.isPending} onClick={() => enable.mutate()}>
            {t.enable}
          </Button>
          <Button icon="trash" variant="danger" onClick={() => setOpen("delete")}>
            {t.deleteTenant}
          </Button>
        </>
      )}
      {enable.error && <ErrorNotice error={enable.error} />}
      {open === "edit" && <EditTenant tenant={tenant} onClose={close} />}
      {open === "disable" && <DisableTenant tenant={tenant} onClose={close} />}
      {open === "delete" && <DeleteTenant tenant={tenant} onClose={close} />}
    </div>
  );
}
