import { Link } from "wouter";
import type { Node } from "../../api/types.ts";
import { ListHeader } from "../../ui/list-header.tsx";
import { Empty, ErrorNotice, Loading } from "../../ui/notice.tsx";
import { SplitPage } from "../../ui/split-page.tsx";
import list from "../../ui/split-list.module.css";
import { NewNode } from "./new-node.tsx";
import { NodeDetail } from "./node-detail.tsx";
import { NodeState } from "./node-state.tsx";
import { platformName } from "./platforms.ts";
import { useNodes } from "./use-nodes.ts";
import { common } from "../../messages/en/common.ts";
import { navigation } from "../../messages/en/navigation.ts";
import { nodes as t } from "../../messages/en/nodes.ts";

export type NodeView = "list" | "new" | { node: string };

export function NodesPage({ view }: { view: NodeView }) {
  const nodes = useNodes();
  const wanted = typeof view === "object" ? view.node : null;
  const open = nodes.data?.find(({ id }) => id === wanted);

  const detail = () => {
    if (view === "new") return <NewNode />;
    if (open) return <NodeDetail key={open.id} node={open} />;
    if (nodes.data === undefined) return nodes.error ? null : <Loading />;
    if (wanted !== null) {
      return (
        <Empty title={t.missingTitle}>
          <p>{t.missingAbout}</p>
          <Link href="/nodes">{t.all}</Link>
        </Empty>
      );
    }
    const none = nodes.data.length === 0;
    return (
      <Empty title={none ? t.noneTitle : t.selectTitle}>
        <p>{t.about}</p>
        {none && <Link href="/nodes/new">{t.registerFirst}</Link>}
      </Empty>
    );
  };

  return (
    <SplitPage
      label={navigation.nodes}
      narrow={view === "list" ? "list" : "detail"}
      list={
        <>
          <ListHeader title={navigation.nodes} add={{ href: "/nodes/new", label: t.new }} />
          {nodes.error && <ErrorNotice error={nodes.error} onRetry={() => void nodes.refetch()} />}
          {nodes.isPending && <Loading lines={4} label={t.loading} />}
          {nodes.data?.length === 0 && <p className={list.none}>{t.registerFirstAbove}</p>}
          <ul role="list" className={list.rows}>
            {nodes.data?.map((node) => (
              <NodeRow key={node.id} node={node} open={node === open} />
            ))}
          </ul>
        </>
      }
    >
      {detail()}
    </SplitPage>
  );
}

function NodeRow({ node, open }: { node: Node; open: boolean }) {
  return (
    <li>
      <Link
        href={`/nodes/${node.id}`}
        className={list.row}
        aria-current={open ? "page" : undefined}
      >
        <span className={list.name}>{node.name}</span>
        <span className={list.about}>
          <NodeState node={node} />
          {common.separator}
          {platformName(node.platform)}
        </span>
      </Link>
    </li>
  );
}
