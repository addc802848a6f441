import { useState } from "react";
import type { NodeCommand } from "../../api/types.ts";
import detail from "../../ui/detail.module.css";
import { Icon } from "../../ui/icon.tsx";
import { Status, type StatusKind } from "../../ui/status.tsx";
import { VisibleJson } from "../../ui/visible-text.tsx";
import { When } from "../../ui/when.tsx";
import styles from "./command-entry.module.css";

const KINDS: Record<NodeCommand["status"], StatusKind> = {
  queued: "queued",
  dispatched: "running",
  completed: "completed",
  failed: "failed",
  unknown: "failed",
  expired: "failed",
  cancelled: "cancelled",
};

/** One command: what was asked for and what became of it. */
export function CommandEntry({
  command,
  open: opened = false,
}: {
  command: NodeCommand;
  open?: boolean;
}) {
  const [open, setOpen] = useState(opened);
  return (
    <details
      className={styles.command}
      open={opened}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>
        <Icon name="chevron" size={14} />
        <code>{command.command}</code>
        <span className={styles.by}>{command.taskId !== null && "by an agent"}</span>
        <Status kind={KINDS[command.status]} />
        <span className={styles.when}>
          <When at={command.createdAt} />
        </span>
      </summary>
      {open && (
        <div className={styles.result}>
          <p className={detail.note}>Parameters</p>
          <VisibleJson label="Parameters" value={command.params} />
          <p className={KINDS[command.status] === "failed" ? detail.wrong : detail.note}>
            {explain(command)}
          </p>
          {command.result !== null && <VisibleJson label="Result" value={command.result} />}
        </div>
      )}
    </details>
  );
}

function explain({ status, error }: NodeCommand): string {
  if (error !== null) return error.message;
  switch (status) {
    case "queued":
    case "dispatched":
      return "It has not ended yet.";
    case "unknown":
      return "The node was lost while it worked: nobody knows whether it was done.";
    case "expired":
      return "The node did not take it in time, so it was not done.";
    case "cancelled":
      return "It was called off before the node took it.";
    default:
      return "Result";
  }
}
