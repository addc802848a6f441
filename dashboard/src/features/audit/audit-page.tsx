import { useDeferredValue, useState } from "react";
import { Empty, ErrorNotice, Loading } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import { AuditRow } from "./audit-row.tsx";
import { ExportMenu } from "./export-menu.tsx";
import { Filters } from "./filters.tsx";
import styles from "./audit.module.css";
import { ANY, useAuditEntries } from "./use-audit.ts";
import { audit as t } from "../../messages/en/audit.ts";

export function AuditPage() {
  const [filter, setFilter] = useState(ANY);
  const shown = useDeferredValue(filter);
  const list = useAuditEntries(shown);
  const outdated = shown !== filter || list.isPlaceholderData;
  const entries = list.data?.entries;
  return (
    <Page title={t.title}>
      <section aria-labelledby="entries">
        <div className={styles.header}>
          <div>
            <h2 id="entries">{t.entries}</h2>
            <p className={styles.about}>{list.data?.isLive === false ? t.paused : t.live}</p>
          </div>
          <ExportMenu filter={filter} />
        </div>
        <Filters filter={filter} onChange={setFilter} />
        {list.error && <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />}
        {list.isPending && <Loading lines={8} label={t.loading} />}
        {entries?.length === 0 && (
          <Empty title={t.noneTitle}>
            <p>{t.noneAbout}</p>
          </Empty>
        )}
        {entries && entries.length > 0 && (
          <ul role="list" className={styles.rows} aria-label={t.entries} inert={outdated}>
            {entries.map((entry) => (
              <li key={entry.id}>
                <AuditRow entry={entry} />
              </li>
            ))}
          </ul>
        )}
        <ShowMore list={list} label={t.older} />
      </section>
    </Page>
  );
}
