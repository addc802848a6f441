import { SplitPage } from "../../ui/split-page.tsx";
import { NewSession } from "./new-session.tsx";
import { SessionList } from "./session-list.tsx";
import { SessionView } from "./session-view.tsx";

export type SessionPlace = "list" | "new" | { session: string };

export function SessionsPage({ place }: { place: SessionPlace }) {
  const open = typeof place === "object" ? place.session : null;
  return (
    <SplitPage
      label="Sessions"
      narrow={place === "list" ? "list" : "detail"}
      list={<SessionList open={open} />}
    >
      {open === null ? <NewSession /> : <SessionView key={open} id={open} />}
    </SplitPage>
  );
}
