import { useState } from "react";
import { Link } from "wouter";
import type { ModelProvider } from "../../api/types.ts";
import { useCan } from "../../entities/user/auth.ts";
import { Button } from "../../ui/button.tsx";
import { Empty, ErrorNotice, Loading } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Entries, Section } from "../../ui/section.tsx";
import { models as t } from "../../messages/en/models.ts";
import { Catalog } from "./catalog.tsx";
import { NotAllowed } from "./not-allowed.tsx";
import { AddProvider, EditProvider } from "./provider-dialogs.tsx";
import { ProviderEntry } from "./provider-entry.tsx";
import { useProviders } from "./use-providers.ts";

export function ModelsPage() {
  const mayManage = useCan("ManageModels");
  return (
    <Page title={t.title}>
      {mayManage ? (
        <>
          <Providers />
          <Catalog />
        </>
      ) : (
        <NotAllowed />
      )}
    </Page>
  );
}

function Providers() {
  const providers = useProviders();
  const [open, setOpen] = useState<"new" | ModelProvider | null>(null);
  const listed = providers.data ?? [];
  const added = listed.filter(({ source }) => source === "added");
  return (
    <Section
      title={t.providers}
      note={listed.length > 0 ? t.providersAbout : undefined}
      action={
        <Button icon="plus" onClick={() => setOpen("new")}>
          {t.add}
        </Button>
      }
    >
      {providers.error && (
        <ErrorNotice error={providers.error} onRetry={() => void providers.refetch()} />
      )}
      {providers.isPending && <Loading lines={3} label={t.loading} />}
      {providers.data?.length === 0 && (
        <Empty title={t.noneTitle}>
          <p>{t.noneAbout}</p>
          <Link href="/welcome">{t.setUp}</Link>
        </Empty>
      )}
      {listed.length > 0 && (
        <Entries label={t.providers}>
          {listed.map((provider) => (
            <li key={provider.id}>
              <ProviderEntry provider={provider} added={added} onEdit={() => setOpen(provider)} />
            </li>
          ))}
        </Entries>
      )}
      {open === "new" && <AddProvider onClose={() => setOpen(null)} />}
      {open !== null && open !== "new" && (
        <EditProvider provider={open} onClose={() => setOpen(null)} />
      )}
    </Section>
  );
}
