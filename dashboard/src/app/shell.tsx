/** The frame around every page: the navigation bar and the state of the connection. */
import type { MouseEvent, ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { useInbox } from "../entities/prompt/inbox-provider.tsx";
import { useAuth } from "../entities/user/auth.ts";
import type { NavigationEntry } from "../features/feature.ts";
import { useLinkState } from "../live/live.tsx";
import { shell } from "../messages/en/shell.ts";
import { classNames } from "../ui/class-names.ts";
import { ErrorBoundary } from "../ui/error-boundary.tsx";
import { Icon } from "../ui/icon.tsx";
import { Menu } from "../ui/menu.tsx";
import { TitleProvider } from "../ui/title.tsx";
import { ConnectionBanner } from "./connection-banner.tsx";
import { barItems, navigation } from "./features.ts";
import styles from "./shell.module.css";
import { Shortcuts } from "./shortcuts.tsx";

export function Shell({ children }: { children: ReactNode }) {
  const [location, navigate] = useLocation();
  const { permissions } = useAuth().user;
  const { waiting } = useInbox();
  const entries = navigation.filter(
    ({ needs }) => needs === undefined || permissions.includes(needs),
  );
  return (
    <div className={styles.shell}>
      <a className={classNames("visually-hidden", styles.skip)} href="#main" onClick={focusMain}>
        {shell.skipToContent}
      </a>
      <nav className={styles.rail} aria-label={shell.navigation}>
        <Link href="/" className={styles.brand} aria-label={shell.home}>
          <img src="logo.svg" alt="" width="30" height="30" />
        </Link>
        {entries.map((entry) => (
          <EntryLink key={entry.path} entry={entry} location={location} />
        ))}
        {barItems.map((Item, index) => (
          <Item key={index} className={classNames(styles.place, styles.tray)} />
        ))}
        <div className={styles.more}>
          <Menu
            up
            label={shell.morePages}
            items={entries
              .filter(({ secondary }) => secondary)
              .map(({ path, label, icon }) => ({
                label: label(),
                icon,
                onSelect: () => navigate(path),
              }))}
          />
        </div>
        <ConnectionState />
      </nav>
      <Shortcuts entries={entries} />
      <div className={styles.content}>
        <ConnectionBanner />
        <div className={styles.page}>
          <ErrorBoundary location={location}>
            <TitleProvider waiting={waiting}>{children}</TitleProvider>
          </ErrorBoundary>
        </div>
      </div>
    </div>
  );
}

/** The page's `<base>` makes a link to a place on the same page one to the start page. */
function focusMain(event: MouseEvent<HTMLAnchorElement>) {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

function EntryLink({ entry, location }: { entry: NavigationEntry; location: string }) {
  const { path, root = path, label, icon, secondary, badge: Count } = entry;
  const isCurrent = location === path || location.startsWith(root);
  return (
    <Link
      href={path}
      className={classNames(styles.place, secondary && styles.second)}
      aria-current={isCurrent ? "page" : undefined}
    >
      <Icon name={icon} />
      <span>{label()}</span>
      {Count && <Count />}
    </Link>
  );
}

function ConnectionState() {
  const { phase, retryNow } = useLinkState();
  return (
    <button
      type="button"
      className={styles.connection}
      data-phase={phase}
      disabled={phase !== "waiting"}
      title={phase === "waiting" ? shell.reconnect : undefined}
      onClick={retryNow}
    >
      <span aria-hidden="true" />
      {shell.connection[phase]}
    </button>
  );
}
