import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { ToolView } from "../../live/session-state.ts";
import { Icon } from "../../ui/icon.tsx";
import { ErrorText } from "../../ui/notice.tsx";
import { Status } from "../../ui/status.tsx";
import { duration } from "../../ui/time.ts";
import styles from "./tool-calls.module.css";

interface ToolCallsProps {
  calls: ToolView[];
  /** Where the details are that events leave out. */
  taskId: string | null;
}

export function ToolCalls({ calls, taskId }: ToolCallsProps) {
  return (
    <ul role="list" className={styles.calls} aria-label="Tool calls">
      {calls.map((call) => (
        <li key={call.id}>
          <ToolCallRow call={call} taskId={taskId} />
        </li>
      ))}
    </ul>
  );
}

function ToolCallRow({ call: known, taskId }: { call: ToolView; taskId: string | null }) {
  const [open, setOpen] = useState(false);
  return (
    <details
      className={styles.call}
      onToggle={({ currentTarget }) => {
        setOpen(currentTarget.open);
        // What unfolds below the edge of the box is brought into it, once it is there.
        if (currentTarget.open) {
          requestAnimationFrame(() => currentTarget.scrollIntoView({ block: "nearest" }));
        }
      }}
    >
      <summary>
        <Icon name="chevron" size={14} />
        <code>{known.toolName}</code>
        <span className={styles.leader} aria-hidden="true" />
        {known.status !== "running" && known.durationMs !== undefined && (
          <span className={styles.duration}>{duration(known.durationMs)}</span>
        )}
        <Status kind={known.status} />
      </summary>
      {open && <ToolCallDetail call={known} taskId={taskId} />}
    </details>
  );
}

function ToolCallDetail({ call: known, taskId }: { call: ToolView; taskId: string | null }) {
  // An event tells of the end without the result.
  const complete = "arguments" in known && (known.status === "running" || known.endedAt != null);
  const task = useQuery({
    queryKey: ["task", taskId, known.id, known.status],
    queryFn: () => call(api.GET("/api/tasks/{id}", { params: { path: { id: taskId ?? "" } } })),
    enabled: !complete && taskId !== null,
  });
  if (task.error) return <ErrorText error={task.error} />;
  const whole = complete ? known : task.data?.toolCalls.find(({ id }) => id === known.id);
  return (
    <dl className={styles.detail}>
      <dt>Arguments</dt>
      <dd>
        <pre tabIndex={0}>{whole ? pretty(whole.arguments) : "…"}</pre>
      </dd>
      <dt>Result</dt>
      <dd>
        <pre tabIndex={0}>{whole ? resultText(whole) : "…"}</pre>
      </dd>
    </dl>
  );
}

function resultText({ status, result }: Partial<ToolView>): string {
  if (result !== undefined && result !== null) return pretty(result);
  return status === "running" ? "Not yet there" : "None";
}

function pretty(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
