import { Suspense } from "react";
import { lazyComponent } from "../../ui/lazy.tsx";
import { Loading } from "../../ui/notice.tsx";
import { SplitPage } from "../../ui/split-page.tsx";
import { NewSession } from "./new-session.tsx";
import { SessionList } from "./session-list.tsx";
import { navigation } from "../../messages/en/navigation.ts";
import { sessions as t } from "../../messages/en/sessions.ts";

// Lazy, since it contains the Markdown renderer, which the first page does not need.
const SessionView = lazyComponent(async () => (await import("./session-view.tsx")).SessionView);

export type SessionView = "list" | "new" | { session: string };

export function SessionsPage({ view }: { view: SessionView }) {
  const open = typeof view === "object" ? view.session : null;
  return (
    <SplitPage
      label={navigation.sessions}
      narrow={view === "list" ? "list" : "detail"}
      list={<SessionList open={open} />}
    >
      <Suspense fallback={<Loading lines={5} label={t.loadingSession} />}>
        {open === null ? <NewSession /> : <SessionView key={open} id={open} />}
      </Suspense>
    </SplitPage>
  );
}
