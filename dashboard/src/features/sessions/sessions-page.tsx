import { Suspense } from "react";
import { later } from "../../ui/later.tsx";
import { Loading } from "../../ui/notice.tsx";
import { SplitPage } from "../../ui/split-page.tsx";
import { NewSession } from "./new-session.tsx";
import { SessionList } from "./session-list.tsx";

// With all that shows Markdown: the first page does without.
const SessionView = later(async () => (await import("./session-view.tsx")).SessionView);

export type SessionPlace = "list" | "new" | { session: string };

export function SessionsPage({ place }: { place: SessionPlace }) {
  const open = typeof place === "object" ? place.session : null;
  return (
    <SplitPage
      label="Sessions"
      narrow={place === "list" ? "list" : "detail"}
      list={<SessionList open={open} />}
    >
      <Suspense fallback={<Loading lines={5} label="Loading the session" />}>
        {open === null ? <NewSession /> : <SessionView key={open} id={open} />}
      </Suspense>
    </SplitPage>
  );
}
