import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, call } from "../../api/client.ts";
import type { ToolView } from "../session/session-state.ts";
import { Disclosure } from "../../ui/disclosure.tsx";
import { Icon } from "../../ui/icon.tsx";
import { ErrorText } from "../../ui/notice.tsx";
import { Status } from "../../ui/status.tsx";
import { duration } from "../../ui/time.ts";
import styles from "./tool-calls.module.css";
import { common } from "../../messages/en/common.ts";
import { tasks as t } from "../../messages/en/tasks.ts";

interface ToolCallsProps {
  calls: ToolView[];
  /** The task that has the details that events leave out. */
  taskId: string | null;
}

export function ToolCalls({ calls, taskId }: ToolCallsProps) {
  return (
    <ul role="list" className={styles.calls} aria-label={t.toolCalls}>
      {calls.map((call) => (
        <li key={call.id}>
          <ToolCallRow call={call} taskId={taskId} />
        </li>
      ))}
    </ul>
  );
}

function ToolCallRow({ call, taskId }: { call: ToolView; taskId: string | null }) {
  return (
    <Disclosure
      id={`${taskId ?? ""}/${call.id}`}
      className={styles.call}
      reveal
      summary={
        <>
          <Icon name="chevron" size={14} />
          <code>{call.toolName}</code>
          <span className={styles.leader} aria-hidden="true" />
          {call.status !== "running" && call.durationMs !== undefined && (
            <span className={styles.duration}>{duration(call.durationMs)}</span>
          )}
          <Status kind={call.status} />
        </>
      }
    >
      <ToolCallDetail call={call} taskId={taskId} />
    </Disclosure>
  );
}

function ToolCallDetail({ call: known, taskId }: { call: ToolView; taskId: string | null }) {
  // The event of the end does not contain the result.
  const complete = "arguments" in known && (known.status === "running" || known.endedAt != null);
  const task = useQuery({
    queryKey: ["task", taskId, known.id, known.status],
    queryFn: () => call(api.GET("/api/tasks/{id}", { params: { path: { id: taskId ?? "" } } })),
    enabled: !complete && taskId !== null,
    placeholderData: keepPreviousData,
  });
  if (task.error) return <ErrorText error={task.error} />;
  const whole = complete ? known : task.data?.toolCalls.find(({ id }) => id === known.id);
  return (
    <dl className={styles.detail}>
      <dt>{t.arguments}</dt>
      <dd>
        <pre tabIndex={0}>{whole ? pretty(whole.arguments) : "…"}</pre>
      </dd>
      <dt>{t.result}</dt>
      <dd>
        <pre tabIndex={0}>{whole ? resultText(whole) : "…"}</pre>
      </dd>
    </dl>
  );
}

function resultText({ status, result }: Partial<ToolView>): string {
  if (result !== undefined && result !== null) return pretty(result);
  return status === "running" ? t.noResultYet : common.none;
}

function pretty(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
