import { Page } from "../../ui/page.tsx";
import { TenantDetail } from "./tenant-detail.tsx";
import { TenantList } from "./tenant-list.tsx";
import { tenants as t } from "../../messages/en/tenants.ts";

export function TenantsPage({ id }: { id: string | null }) {
  return <Page title={t.title}>{id === null ? <TenantList /> : <TenantDetail id={id} />}</Page>;
}
