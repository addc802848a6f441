import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import { useCan } from "../../entities/user/auth.ts";
import type { Job } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { ActionDialog } from "../../ui/dialog.tsx";
import { Rich } from "../../ui/rich.tsx";
import { Timestamp } from "../../ui/timestamp.tsx";
import { useToast } from "../../ui/toast.tsx";
import { VisibleText } from "../../ui/visible-text.tsx";
import styles from "./jobs-page.module.css";
import { common } from "../../messages/en/common.ts";
import { jobs as t } from "../../messages/en/jobs.ts";

export function FailedJob({ job }: { job: Job }) {
  const [isDeleting, setIsDeleting] = useState(false);
  const mayManage = useCan("ManageSystem");
  const queries = useQueryClient();
  const { attempt } = useToast();
  const refetch = () => queries.invalidateQueries({ queryKey: ["jobs"] });
  const params = { path: { id: job.id } };
  const retry = async () => {
    await call(api.POST("/api/ops/jobs/{id}/retry", { params }));
    await refetch();
  };
  const discard = async () => {
    await call(api.DELETE("/api/ops/jobs/{id}", { params }));
    await refetch();
  };
  return (
    <div className={styles.job}>
      <div className={styles.what}>
        <strong>{job.kind}</strong>
        {job.error !== null && (
          <p className={styles.error}>
            <VisibleText text={job.error} />
          </p>
        )}
        <p className={styles.facts}>
          <Rich text={t.failedAt} parts={{ time: <Timestamp at={job.runAt} /> }} />
          {common.separator}
          {t.attempts(job.attempt)}
          {common.separator}
          <code>{job.id}</code>
        </p>
      </div>
      {mayManage && (
        <div className={styles.actions}>
          <Button small icon="again" onClick={() => void attempt(retry)}>
            {t.retry}
          </Button>
          <Button small variant="danger" onClick={() => setIsDeleting(true)}>
            {common.delete}
          </Button>
        </div>
      )}
      {isDeleting && (
        <ActionDialog
          title={t.deleteTitle}
          action={common.delete}
          variant="danger"
          onClose={() => setIsDeleting(false)}
          onConfirm={discard}
        >
          <p>{t.deleteAbout(job.kind)}</p>
        </ActionDialog>
      )}
    </div>
  );
}
