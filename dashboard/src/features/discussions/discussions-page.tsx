import { Link } from "wouter";
import { ListHeader } from "../../ui/list-header.tsx";
import { Empty, ErrorNotice, Loading } from "../../ui/notice.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import list from "../../ui/split-list.module.css";
import { SplitPage } from "../../ui/split-page.tsx";
import { useCan } from "../../entities/user/auth.ts";
import { DiscussionDetail } from "./discussion-detail.tsx";
import { NewDiscussion } from "./new-discussion.tsx";
import { RunView } from "./run-view.tsx";
import { useDiscussions } from "./use-discussions.ts";
import { common } from "../../messages/en/common.ts";
import { discussions as t } from "../../messages/en/discussions.ts";
import { navigation } from "../../messages/en/navigation.ts";

export type DiscussionView = "list" | "new" | { discussion: string; run?: string };

export function DiscussionsPage({ view }: { view: DiscussionView }) {
  const discussions = useDiscussions();
  const open = typeof view === "object" ? view : null;
  const none = discussions.data?.length === 0;
  const canCreate = useCan("SendMessages");

  const detail = () => {
    if (view === "new") return <NewDiscussion />;
    if (open?.run !== undefined) {
      return <RunView key={open.run} runId={open.run} discussionId={open.discussion} />;
    }
    if (open) return <DiscussionDetail key={open.discussion} id={open.discussion} />;
    return (
      <Empty title={none ? t.noneTitle : t.selectTitle}>
        <p>{t.about}</p>
        {none && canCreate && <Link href="/discussions/new">{t.startFirst}</Link>}
      </Empty>
    );
  };

  return (
    <SplitPage
      label={navigation.discussions}
      narrow={view === "list" ? "list" : "detail"}
      list={
        <>
          <ListHeader
            title={navigation.discussions}
            add={canCreate ? { href: "/discussions/new", label: t.new } : undefined}
          />
          {discussions.error && (
            <ErrorNotice error={discussions.error} onRetry={() => void discussions.refetch()} />
          )}
          {discussions.isPending && <Loading lines={4} label={t.loading} />}
          {none && <p className={list.none}>{canCreate ? t.startFirstAbove : t.noneYet}</p>}
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
                    {panelists.map(({ name }) => name).join(", ")}
                    {common.separator}
                    {t.rounds(rounds)}
                  </span>
                </Link>
              </li>
            ))}
          </ul>
          <ShowMore list={discussions} label={t.older} />
        </>
      }
    >
      {detail()}
    </SplitPage>
  );
}
