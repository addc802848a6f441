/** The frame around every page: the way from one to another, what waits, and the state of the connection. */
import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import type { Permission } from "./api/types.ts";
import { ConnectionBanner } from "./connection-banner.tsx";
import { useInbox } from "./features/approvals/inbox-provider.tsx";
import { useAuth } from "./features/auth/auth.tsx";
import { Tray } from "./features/notifications/tray.tsx";
import { useLinkState } from "./live/live.tsx";
import styles from "./shell.module.css";
import { Badge } from "./ui/badge.tsx";
import { classNames } from "./ui/class-names.ts";
import { ErrorBoundary } from "./ui/error-boundary.tsx";
import { Icon, type IconName } from "./ui/icon.tsx";
import { Menu } from "./ui/menu.tsx";
import { TitleProvider } from "./ui/title.tsx";

interface Place {
  path: string;
  root: string;
  label: string;
  icon: IconName;
  /** Who lacks it has nothing to see there. */
  needs?: Permission;
  /** In a narrow window it is behind "More". */
  second?: boolean;
}

const PLACES: Place[] = [
  { path: "/", root: "/sessions", label: "Sessions", icon: "sessions" },
  { path: "/approvals", root: "/approvals", label: "Approvals", icon: "approvals" },
  { path: "/tasks", root: "/tasks", label: "Tasks", icon: "tasks" },
  { path: "/agents", root: "/agents", label: "Agents", icon: "agents", second: true },
  {
    path: "/discussions",
    root: "/discussions",
    label: "Discussions",
    icon: "discussions",
    second: true,
  },
  {
    path: "/nodes",
    root: "/nodes",
    label: "Nodes",
    icon: "nodes",
    needs: "ManageNodes",
    second: true,
  },
  { path: "/settings", root: "/settings", label: "Settings", icon: "settings", second: true },
];

const CONNECTION = {
  live: "Live",
  connecting: "Connecting",
  waiting: "Offline",
  stopped: "Offline",
} as const;

export function Shell({ children }: { children: ReactNode }) {
  const [location, navigate] = useLocation();
  const { permissions } = useAuth().user;
  const { waiting } = useInbox();
  const places = PLACES.filter(({ needs }) => needs === undefined || permissions.includes(needs));
  return (
    <div className={styles.shell}>
      <a className={classNames("visually-hidden", styles.skip)} href="#main">
        Skip to content
      </a>
      <nav className={styles.rail} aria-label="Main">
        <Link href="/" className={styles.brand} aria-label="Sophon, home">
          <img src="/logo.svg" alt="" width="30" height="30" />
        </Link>
        {places.map((place) => (
          <PlaceLink key={place.path} place={place} location={location} />
        ))}
        <Tray className={classNames(styles.place, styles.tray)} />
        <div className={styles.more}>
          <Menu
            up
            label="More places"
            items={places
              .filter(({ second }) => second)
              .map(({ path, label, icon }) => ({ label, icon, onSelect: () => navigate(path) }))}
          />
        </div>
        <ConnectionMark />
      </nav>
      <div className={styles.content}>
        <ConnectionBanner />
        <div className={styles.page}>
          <ErrorBoundary place={location}>
            <TitleProvider waiting={waiting}>{children}</TitleProvider>
          </ErrorBoundary>
        </div>
      </div>
    </div>
  );
}

function PlaceLink({ place, location }: { place: Place; location: string }) {
  const { path, root, label, icon, second } = place;
  const here = location === path || location.startsWith(root);
  const { waiting } = useInbox();
  return (
    <Link
      href={path}
      className={classNames(styles.place, second && styles.second)}
      aria-current={here ? "page" : undefined}
    >
      <Icon name={icon} />
      <span>{label}</span>
      {path === "/approvals" && <Badge count={waiting} label="waiting" />}
    </Link>
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
