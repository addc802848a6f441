/** The frame around every page: the way from one to another, and the state of the connection. */
import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { useLinkState } from "./live/live.tsx";
import styles from "./shell.module.css";
import { classNames } from "./ui/class-names.ts";
import { ErrorBoundary } from "./ui/error-boundary.tsx";
import { Icon, type IconName } from "./ui/icon.tsx";

const PLACES: { path: string; root: string; label: string; icon: IconName }[] = [
  { path: "/", root: "/sessions", label: "Sessions", icon: "sessions" },
  { path: "/agents", root: "/agents", label: "Agents", icon: "agents" },
  { path: "/tasks", root: "/tasks", label: "Tasks", icon: "tasks" },
  { path: "/settings", root: "/settings", label: "Settings", icon: "settings" },
];

const CONNECTION = {
  live: "Live",
  connecting: "Connecting",
  waiting: "Offline",
  stopped: "Offline",
} as const;

export function Shell({ children }: { children: ReactNode }) {
  const [location] = useLocation();
  return (
    <div className={styles.shell}>
      <a className={classNames("visually-hidden", styles.skip)} href="#main">
        Skip to content
      </a>
      <nav className={styles.rail} aria-label="Main">
        <Link href="/" className={styles.brand} aria-label="Sophon, home">
          <img src="/logo.svg" alt="" width="30" height="30" />
        </Link>
        {PLACES.map(({ path, root, label, icon }) => {
          const here = location === path || location.startsWith(root);
          return (
            <Link
              key={path}
              href={path}
              className={styles.place}
              aria-current={here ? "page" : undefined}
            >
              <Icon name={icon} />
              <span>{label}</span>
            </Link>
          );
        })}
        <ConnectionMark />
      </nav>
      <div className={styles.content}>
        <ErrorBoundary place={location}>{children}</ErrorBoundary>
      </div>
    </div>
  );
}

function ConnectionMark() {
  const { phase, retryNow } = useLinkState();
  return (
    <button
      type="button"
      className={styles.connection}
      data-phase={phase}
      disabled={phase !== "waiting"}
      title={phase === "waiting" ? "Not connected. Try again now" : undefined}
      onClick={retryNow}
    >
      <span aria-hidden="true" />
      {CONNECTION[phase]}
    </button>
  );
}
