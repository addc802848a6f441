import { Link } from "wouter";
import type { AuditEntry } from "../../api/types.ts";
import { Fact, Facts } from "../../ui/detail.tsx";
import { Disclosure } from "../../ui/disclosure.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Timestamp } from "../../ui/timestamp.tsx";
import { VisibleText } from "../../ui/visible-text.tsx";
import styles from "./audit.module.css";
import { audit as t } from "../../messages/en/audit.ts";

export function AuditRow({ entry }: { entry: AuditEntry }) {
  const { actor, action, outcome, timestamp } = entry;
  return (
    <Disclosure
      id={entry.id}
      className={styles.row}
      summary={
        <>
          <Icon name="chevron" size={14} />
          <span className={styles.what}>
            <code>{action}</code>
            <span className={styles.resource}>
              <VisibleText text={resource(entry)} />
            </span>
          </span>
          <span className={styles.who}>
            <VisibleText text={actor.email ?? actor.nodeId ?? t.actor[actor.kind]} />
            {actor.kind !== "person" && actor.email !== undefined && (
              <small>{t.actor[actor.kind]}</small>
            )}
          </span>
          <span className={styles.outcome} data-outcome={outcome}>
            {t.outcome[outcome]}
          </span>
          <span className={styles.when}>
            <Timestamp at={timestamp} />
          </span>
        </>
      }
    >
      <EntryFacts entry={entry} />
    </Disclosure>
  );
}

/** What it was done to, in one line. */
function resource({ details, resource: { name, id } }: AuditEntry) {
  return details.operation ?? name ?? id ?? "";
}

function EntryFacts({ entry }: { entry: AuditEntry }) {
  const { actor, details, resource: about } = entry;
  const facts: [string, string | number | undefined][] = [
    [t.number, entry.number],
    [t.actorLabel, t.actor[actor.kind]],
    [t.email, actor.email],
    [t.user, actor.userId],
    [t.role, actor.role],
    [t.credential, actor.credential && t.credentialKind[actor.credential]],
    [t.credentialId, actor.credentialId],
    [t.agent, actor.agentId],
    [t.node, actor.nodeId],
    [t.resourceType, about.type],
    [t.resourceName, about.name],
    [t.resourceId, about.id],
    [t.operation, details.operation],
    [t.fields, details.fields?.join(", ")],
    [t.code, details.code],
    [t.permission, details.permission],
    [t.givenRole, details.role],
    [t.otherUser, details.userId],
    [t.status, details.status],
    [t.risk, details.risk],
    [t.digest, details.digest],
    [t.resultDigest, details.resultDigest],
    [t.duration, details.durationMs === undefined ? undefined : t.ms(details.durationMs)],
    [t.count, details.count],
    [t.address, entry.address],
    [t.userAgent, entry.userAgent],
    [t.request, entry.requestId],
    [t.hash, entry.hash],
  ];
  return (
    <div className={styles.detail}>
      <Facts>
        <Fact label={t.time}>
          <Timestamp at={entry.timestamp} long />
        </Fact>
        {facts.map(
          ([label, value]) =>
            value !== undefined &&
            value !== "" && (
              <Fact key={label} label={label}>
                <VisibleText text={String(value)} />
              </Fact>
            ),
        )}
        {entry.sessionId !== undefined && (
          <Fact label={t.session}>
            <Link href={`/sessions/${entry.sessionId}`}>{entry.sessionId}</Link>
          </Fact>
        )}
        {entry.taskId !== undefined && (
          <Fact label={t.task}>
            <Link href={`/tasks?task=${entry.taskId}`}>{entry.taskId}</Link>
          </Fact>
        )}
      </Facts>
    </div>
  );
}
