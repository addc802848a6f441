import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, call } from "../../api/client.ts";
import type { TaskDetail } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { Fact, Facts } from "../../ui/detail.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { ErrorNotice, Loading } from "../../ui/notice.tsx";
import { Status } from "../../ui/status.tsx";
import { duration } from "../../ui/time.ts";
import { useToast } from "../../ui/toast.tsx";
import { Timestamp } from "../../ui/timestamp.tsx";
import { useAgentName } from "../../entities/agent/use-agents.ts";
import { cancelTask } from "../../entities/task/tasks.ts";
import { ToolCalls } from "../../entities/task/tool-calls.tsx";
import { taskKind } from "./task-kind.ts";
import styles from "./task-drawer.module.css";
import { common } from "../../messages/en/common.ts";
import { tasks as t } from "../../messages/en/tasks.ts";

export function TaskDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  // Below the "tasks" key, so that events refetch it too.
  const task = useQuery({
    queryKey: ["tasks", "detail", id],
    queryFn: () => call(api.GET("/api/tasks/{id}", { params: { path: { id } } })),
  });
  return (
    <Dialog title={t.task} drawer onClose={onClose}>
      {task.error && <ErrorNotice error={task.error} onRetry={() => void task.refetch()} />}
      {task.isPending && <Loading lines={6} />}
      {task.data && <TaskFacts task={task.data} />}
    </Dialog>
  );
}

function TaskFacts({ task }: { task: TaskDetail }) {
  const agentName = useAgentName();
  const { attempt } = useToast();
  const { id, toolCalls, usage } = task;
  const cancel = () => attempt(() => cancelTask(id));
  const ended = task.status !== "queued" && task.status !== "running";
  return (
    <div className={styles.detail}>
      <p className={styles.what}>{task.description}</p>
      <div className={styles.state}>
        <Status kind={task.status} />
        {!ended && (
          <Button small icon="stop" variant="danger" onClick={() => void cancel()}>
            {t.cancel}
          </Button>
        )}
      </div>
      {task.error && <p className={styles.error}>{task.error}</p>}
      <Facts>
        <Fact label={t.type}>{taskKind(task)}</Fact>
        {task.agentId !== null && <Fact label={common.agent}>{agentName(task.agentId)}</Fact>}
        {task.sessionId && (
          <Fact label={t.session}>
            <Link href={`/sessions/${task.sessionId}`}>{t.openSession}</Link>
          </Fact>
        )}
        <Fact label={t.created}>
          <Timestamp at={task.createdAt} long />
        </Fact>
        {task.startedAt && (
          <Fact label={t.started}>
            <Timestamp at={task.startedAt} long />
          </Fact>
        )}
        {ended && <Fact label={t.duration}>{duration(task.durationMs)}</Fact>}
        {task.attempt > 1 && <Fact label={t.attempt}>{task.attempt}</Fact>}
        {usage?.model && <Fact label={t.model}>{usage.model}</Fact>}
        {task.tokensUsed > 0 && <Fact label={t.tokens}>{task.tokensUsed.toLocaleString()}</Fact>}
        <Fact label={common.id}>
          <code>{task.id}</code>
        </Fact>
      </Facts>
      <section>
        <h3>{t.toolCalls}</h3>
        {toolCalls.length === 0 ? (
          <p className={styles.none}>{common.none}</p>
        ) : (
          <ToolCalls calls={toolCalls} taskId={task.id} />
        )}
      </section>
    </div>
  );
}
