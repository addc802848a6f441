import { useState } from "react";
import { Link } from "wouter";
import type { ManagedTenant } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { SearchBox } from "../../ui/field.tsx";
import { Empty, ErrorNotice, Loading } from "../../ui/notice.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import { VisibleText } from "../../ui/visible-text.tsx";
import { NewTenant } from "./new-tenant.tsx";
import styles from "./tenants.module.css";
import { useTenants } from "./use-tenants.ts";
import { common } from "../../messages/en/common.ts";
import { tenants as t } from "../../messages/en/tenants.ts";

/** All tenants of the deployment. */
export function TenantList() {
  const [search, setSearch] = useState("");
  const [isMaking, setIsMaking] = useState(false);
  const list = useTenants(search.trim());
  return (
    <section>
      <div className={styles.head}>
        <p className={styles.note}>{t.about}</p>
        <Button icon="plus" variant="primary" onClick={() => setIsMaking(true)}>
          {t.newTenant}
        </Button>
      </div>
      <SearchBox label={t.search} value={search} onText={setSearch} />
      {list.error && <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Loading lines={4} label={t.loading} />}
      {list.data?.length === 0 && (
        <Empty title={t.noneTitle}>
          <p>{t.noneAbout}</p>
        </Empty>
      )}
      {list.data && list.data.length > 0 && (
        <ul role="list" className={styles.list} aria-label={t.title}>
          {list.data.map((tenant) => (
            <TenantEntry key={tenant.id} tenant={tenant} />
          ))}
        </ul>
      )}
      <ShowMore list={list} label={t.more} />
      {isMaking && <NewTenant onClose={() => setIsMaking(false)} />}
    </section>
  );
}

function TenantEntry({ tenant }: { tenant: ManagedTenant }) {
  const facts = [
    tenant.slug,
    ...(tenant.main ? [t.main] : []),
    ...(tenant.status === "active" ? [] : [t.status[tenant.status]]),
    ...(tenant.description === null ? [] : [tenant.description]),
  ];
  return (
    <li className={styles.entry}>
      <div className={styles.what}>
        <Link href={`/tenants/${tenant.id}`}>
          <VisibleText text={tenant.name} />
        </Link>
        <p>{facts.join(common.separator)}</p>
      </div>
    </li>
  );
}
