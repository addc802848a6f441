import type { NodeCommand } from "../../api/types.ts";
import detail from "../../ui/detail.module.css";
import { Disclosure } from "../../ui/disclosure.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Status, type StatusKind } from "../../ui/status.tsx";
import { VisibleJson } from "../../ui/visible-text.tsx";
import { Timestamp } from "../../ui/timestamp.tsx";
import styles from "./command-entry.module.css";
import { nodes as t } from "../../messages/en/nodes.ts";

const KINDS: Record<NodeCommand["status"], StatusKind> = {
  queued: "queued",
  dispatched: "running",
  completed: "completed",
  failed: "failed",
  unknown: "failed",
  expired: "failed",
  cancelled: "cancelled",
};

/** One command with its parameters and result. */
export function CommandEntry({ command, open }: { command: NodeCommand; open?: boolean }) {
  return (
    <Disclosure
      id={command.commandId}
      className={styles.command}
      {...(open !== undefined && { initially: open })}
      summary={
        <>
          <Icon name="chevron" size={14} />
          <code>{command.command}</code>
          <span className={styles.by}>{command.taskId !== null && t.byAgent}</span>
          <Status kind={KINDS[command.status]} />
          <span className={styles.when}>
            <Timestamp at={command.createdAt} />
          </span>
        </>
      }
    >
      <div className={styles.result}>
        <p className={detail.note}>{t.parameters}</p>
        <VisibleJson label={t.parameters} value={command.params} />
        <p className={KINDS[command.status] === "failed" ? detail.wrong : detail.note}>
          {explain(command)}
        </p>
        {command.result !== null && <VisibleJson label={t.result} value={command.result} />}
      </div>
    </Disclosure>
  );
}

function explain({ status, error }: NodeCommand): string {
  if (error !== null) return error.message;
  switch (status) {
    case "queued":
    case "dispatched":
      return t.commandPending;
    case "unknown":
      return t.commandUnknown;
    case "expired":
      return t.commandExpired;
    case "cancelled":
      return t.commandCancelled;
    default:
      return t.result;
  }
}
