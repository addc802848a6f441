import { Empty, ErrorNotice, Loading } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import { FailedJob } from "./failed-job.tsx";
import { QueueTable } from "./queue-table.tsx";
import styles from "./jobs-page.module.css";
import { useFailedJobs, useJobCounts } from "./use-jobs.ts";
import { jobs as t } from "../../messages/en/jobs.ts";

export function JobsPage() {
  return (
    <Page title={t.title}>
      <Queues />
      <FailedJobs />
    </Page>
  );
}

function Queues() {
  const counts = useJobCounts();
  return (
    <section aria-labelledby="queues">
      <h2 id="queues">{t.queues}</h2>
      <p className={styles.about}>{t.queuesAbout}</p>
      {counts.error && <ErrorNotice error={counts.error} onRetry={() => void counts.refetch()} />}
      {counts.isPending && <Loading lines={4} label={t.loading} />}
      {counts.data && <QueueTable counts={counts.data} />}
    </section>
  );
}

function FailedJobs() {
  const failed = useFailedJobs();
  return (
    <section aria-labelledby="failed">
      <h2 id="failed">{t.failed}</h2>
      {failed.error && <ErrorNotice error={failed.error} onRetry={() => void failed.refetch()} />}
      {failed.isPending && <Loading lines={4} label={t.loading} />}
      {failed.data?.length === 0 && (
        <Empty title={t.noneTitle}>
          <p>{t.noneAbout}</p>
        </Empty>
      )}
      {failed.data && failed.data.length > 0 && (
        <ul role="list" className={styles.list} aria-label={t.failed}>
          {failed.data.map((job) => (
            <li key={job.id}>
              <FailedJob job={job} />
            </li>
          ))}
        </ul>
      )}
      <ShowMore list={failed} label={t.older} />
    </section>
  );
}
