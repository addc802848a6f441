import { Link } from "wouter";
import { ListHeader } from "../../ui/list-header.tsx";
import { Empty, ErrorNotice, Loading } from "../../ui/notice.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import list from "../../ui/split-list.module.css";
import { SplitPage } from "../../ui/split-page.tsx";
import { useMay } from "../auth/auth.tsx";
import { DiscussionDetail } from "./discussion-detail.tsx";
import { NewDiscussion } from "./new-discussion.tsx";
import { RunView } from "./run-view.tsx";
import { useDiscussions } from "./use-discussions.ts";

export type DiscussionPlace = "list" | "new" | { discussion: string; run?: string };

export function DiscussionsPage({ place }: { place: DiscussionPlace }) {
  const discussions = useDiscussions();
  const open = typeof place === "object" ? place : null;
  const none = discussions.data?.length === 0;
  const mayBegin = useMay("SendMessages");

  const detail = () => {
    if (place === "new") return <NewDiscussion />;
    if (open?.run !== undefined) {
      return <RunView key={open.run} runId={open.run} discussionId={open.discussion} />;
    }
    if (open) return <DiscussionDetail key={open.discussion} id={open.discussion} />;
    return (
      <Empty title={none ? "No discussions yet" : "Pick a discussion"}>
        <p>Several agents argue about a question in rounds, and a judge decides.</p>
        {none && mayBegin && <Link href="/discussions/new">Begin the first one</Link>}
      </Empty>
    );
  };

  return (
    <SplitPage
      label="Discussions"
      narrow={place === "list" ? "list" : "detail"}
      list={
        <>
          <ListHeader
            title="Discussions"
            add={mayBegin ? { href: "/discussions/new", label: "New discussion" } : undefined}
          />
          {discussions.error && (
            <ErrorNotice error={discussions.error} onRetry={() => void discussions.refetch()} />
          )}
          {discussions.isPending && <Loading lines={4} label="Loading discussions" />}
          {none && (
            <p className={list.none}>
              {mayBegin ? "Begin the first one with the button above." : "None yet."}
            </p>
          )}
          <ul role="list" className={list.rows}>
            {discussions.data?.map(({ id, topic, panelists, rounds }) => (
              <li key={id}>
                <Link
                  href={`/discussions/${id}`}
                  className={list.row}
                  aria-current={id === open?.discussion ? "page" : undefined}
                >
                  <span className={list.name}>{topic}</span>
                  <span className={list.about}>
                    {panelists.map(({ name }) => name).join(", ")} · {rounds}{" "}
                    {rounds === 1 ? "round" : "rounds"}
                  </span>
                </Link>
              </li>
            ))}
          </ul>
          <ShowMore list={discussions} label="Show older discussions" />
        </>
      }
    >
      {detail()}
    </SplitPage>
  );
}
