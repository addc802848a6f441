import { useState } from "react";
import { Link } from "wouter";
import type { ManagedTenant } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { SearchBox } from "../../ui/field.tsx";
import { Empty, ErrorNotice, Loading } from "../../ui/notice.tsx";
import { Entries, Entry, Section } from "../../ui/section.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import { VisibleText } from "../../ui/visible-text.tsx";
import { NewTenant } from "./new-tenant.tsx";
import { useTenants } from "./use-tenants.ts";
import { common } from "../../messages/en/common.ts";
import { tenants as t } from "../../messages/en/tenants.ts";

/** All tenants of the gateway. */
export function TenantList() {
  const [search, setSearch] = useState("");
  const [isMaking, setIsMaking] = useState(false);
  const list = useTenants(search.trim());
  return (
    <Section
      title={t.all}
      note={t.about}
      action={
        <Button icon="plus" variant="primary" onClick={() => setIsMaking(true)}>
          {t.newTenant}
        </Button>
      }
    >
      <SearchBox label={t.search} value={search} onText={setSearch} />
      {list.error && <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Loading lines={4} label={t.loading} />}
      {list.data?.length === 0 && (
        <Empty title={t.noneTitle}>
          <p>{t.noneAbout}</p>
        </Empty>
      )}
      {list.data && list.data.length > 0 && (
        <Entries label={t.title}>
          {list.data.map((tenant) => (
            <TenantEntry key={tenant.id} tenant={tenant} />
          ))}
        </Entries>
      )}
      <ShowMore list={list} label={t.more} />
      {isMaking && <NewTenant onClose={() => setIsMaking(false)} />}
    </Section>
  );
}

function placeOf({ id }: ManagedTenant): string {
  return `/tenants/${id}`;
}

function TenantEntry({ tenant }: { tenant: ManagedTenant }) {
  const facts = [
    tenant.slug,
    ...(tenant.status === "active" ? [] : [t.status[tenant.status]]),
    ...(tenant.description === null ? [] : [tenant.description]),
  ];
  return (
    <Entry
      title={
        <Link href={placeOf(tenant)}>
          <VisibleText text={tenant.name} />
        </Link>
      }
      mark={tenant.main ? t.main : undefined}
    >
      <p>
        <VisibleText text={facts.join(common.separator)} />
      </p>
    </Entry>
  );
}
