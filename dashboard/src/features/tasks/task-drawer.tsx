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
import { When } from "../../ui/when.tsx";
import { useAgentName } from "../agents/use-agents.ts";
import { ToolCalls } from "../sessions/tool-calls.tsx";
import { KINDS } from "./kinds.ts";
import styles from "./task-drawer.module.css";

export function TaskDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  // Below the "tasks" key, so that the events of the ledger refresh it too.
  const task = useQuery({
    queryKey: ["tasks", "detail", id],
    queryFn: () => call(api.GET("/api/tasks/{id}", { params: { path: { id } } })),
  });
  return (
    <Dialog title="Task" drawer onClose={onClose}>
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
  const cancel = () =>
    attempt(() => call(api.POST("/api/tasks/{id}/cancel", { params: { path: { id } } })));
  const ended = task.status !== "queued" && task.status !== "running";
  return (
    <div className={styles.detail}>
      <p className={styles.what}>{task.description}</p>
      <div className={styles.state}>
        <Status kind={task.status} />
        {!ended && (
          <Button small icon="stop" look="danger" onClick={() => void cancel()}>
            Cancel task
          </Button>
        )}
      </div>
      {task.error && <p className={styles.error}>{task.error}</p>}
      <Facts>
        <Fact name="Part of">{KINDS[task.kind]}</Fact>
        {task.agentId !== null && <Fact name="Agent">{agentName(task.agentId)}</Fact>}
        {task.sessionId && (
          <Fact name="Session">
            <Link href={`/sessions/${task.sessionId}`}>Open the session</Link>
          </Fact>
        )}
        <Fact name="Asked">
          <When at={task.createdAt} long />
        </Fact>
        {task.startedAt && (
          <Fact name="Started">
            <When at={task.startedAt} long />
          </Fact>
        )}
        {ended && <Fact name="Took">{duration(task.durationMs)}</Fact>}
        {task.attempt > 1 && <Fact name="Attempt">{task.attempt}</Fact>}
        {usage?.model && <Fact name="Model">{usage.model}</Fact>}
        {task.tokensUsed > 0 && <Fact name="Tokens">{task.tokensUsed.toLocaleString()}</Fact>}
        <Fact name="Id">
          <code>{task.id}</code>
        </Fact>
      </Facts>
      <section>
        <h3>Tool calls</h3>
        {toolCalls.length === 0 ? (
          <p className={styles.none}>None.</p>
        ) : (
          <ToolCalls calls={toolCalls} taskId={task.id} />
        )}
      </section>
    </div>
  );
}
