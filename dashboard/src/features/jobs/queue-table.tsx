import type { JobCounts } from "../../api/types.ts";
import styles from "./jobs-page.module.css";
import { jobs as t } from "../../messages/en/jobs.ts";

const QUEUES = ["turns", "delivery", "indexing", "maintenance"] as const;
const STATUSES = ["ready", "blocked", "running", "parked", "dead"] as const;

export function QueueTable({ counts }: { counts: JobCounts[] }) {
  const count = (queue: string, status: string) =>
    counts.find((entry) => entry.queue === queue && entry.status === status)?.count ?? 0;
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t.queue}</th>
            {STATUSES.map((status) => (
              <th scope="col" key={status}>
                {t.status[status]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {QUEUES.map((queue) => (
            <tr key={queue}>
              <th scope="row">{t.queueName[queue]}</th>
              {STATUSES.map((status) => (
                <td key={status} data-none={count(queue, status) === 0}>
                  {count(queue, status).toLocaleString()}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
