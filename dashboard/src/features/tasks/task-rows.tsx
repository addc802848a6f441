import type { Task } from "../../api/types.ts";
import { Status } from "../../ui/status.tsx";
import { duration } from "../../ui/time.ts";
import { Timestamp } from "../../ui/timestamp.tsx";
import { useAgentName } from "../../entities/agent/use-agents.ts";
import { taskKind } from "./task-kind.ts";
import styles from "./task-rows.module.css";

export function TaskRows({ tasks, onOpen }: { tasks: Task[]; onOpen: (id: string) => void }) {
  const agentName = useAgentName();
  return (
    <ul role="list" className={styles.rows}>
      {tasks.map((task) => (
        <li key={task.id}>
          <button type="button" className={styles.row} onClick={() => onOpen(task.id)}>
            <span className={styles.status}>
              <Status kind={task.status} />
            </span>
            <span className={styles.what}>
              {task.description === "" ? taskKind(task) : task.description}
            </span>
            <span className={styles.agent}>
              {task.agentId === null ? taskKind(task) : agentName(task.agentId)}
            </span>
            <span className={styles.figure}>
              {task.endedAt !== null && duration(task.durationMs)}
            </span>
            <span className={styles.figure}>
              <Timestamp at={task.createdAt} />
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
