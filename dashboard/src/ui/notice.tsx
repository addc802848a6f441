/** What to show in place of content: an error, an empty state, a loading state. */
import type { ReactNode } from "react";
import { Link } from "wouter";
import { describe, isChangedMeanwhile, isTransient } from "../api/client.ts";
import { Button } from "./button.tsx";
import { intoView } from "./into-view.ts";
import styles from "./notice.module.css";
import { common } from "../messages/en/common.ts";

interface ErrorTextProps {
  error: unknown;
  /** What to say if somebody else changed it meanwhile: what was entered is still there. */
  changedMeanwhile?: string;
}

/** An error beside the control that failed. */
export function ErrorText({ error, changedMeanwhile = common.changedMeanwhile }: ErrorTextProps) {
  const isConflict = isChangedMeanwhile(error);
  const { message, requestId } = isConflict
    ? { message: changedMeanwhile, requestId: null }
    : describe(error);
  return (
    <p ref={intoView} role="alert" className={isConflict ? styles.conflict : styles.errorText}>
      {message}
      {requestId !== null && <RequestId id={requestId} />}
    </p>
  );
}

interface ErrorNoticeProps {
  error: unknown;
  onRetry?: () => void;
  /** Where to go if retrying is useless. */
  backLink?: { href: string; label: string };
}

/** An error in place of the content that failed, with what to do next. */
export function ErrorNotice({ error, onRetry, backLink }: ErrorNoticeProps) {
  const { message, requestId } = describe(error);
  return (
    <div role="alert" className={styles.error}>
      <p>{message}</p>
      {requestId !== null && <RequestId id={requestId} />}
      {onRetry && isTransient(error) && (
        <Button small icon="again" onClick={onRetry}>
          {common.retry}
        </Button>
      )}
      {backLink && !isTransient(error) && <Link href={backLink.href}>{backLink.label}</Link>}
    </div>
  );
}

function RequestId({ id }: { id: string }) {
  return (
    <span className={styles.requestId}>
      {" "}
      {common.request} <code>{id}</code>
    </span>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={styles.empty}>
      <Rings />
      <p className={styles.emptyTitle}>{title}</p>
      {children}
    </div>
  );
}

function Rings() {
  return (
    <svg aria-hidden="true" width="56" height="56" viewBox="0 0 32 32" fill="none">
      <g stroke="currentColor" strokeLinecap="round" strokeWidth="1">
        <path d="M25.9 9.1A12 12 0 1 0 28 16" />
        <path d="M11.1 20.9A7 7 0 1 0 9 16" />
      </g>
      <circle cx="16" cy="16" r="1.4" fill="currentColor" />
    </svg>
  );
}

/** Grey lines in place of text. */
export function Loading({ lines = 3, label = common.loading }: { lines?: number; label?: string }) {
  return (
    <div role="status" className={styles.loading}>
      <span className="visually-hidden">{label}</span>
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} className={styles.line} />
      ))}
    </div>
  );
}
