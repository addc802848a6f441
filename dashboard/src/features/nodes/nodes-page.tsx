import { Link } from "wouter";
import type { Node } from "../../api/types.ts";
import { ListHeader } from "../../ui/list-header.tsx";
import { Empty, ErrorNotice, Loading } from "../../ui/notice.tsx";
import { SplitPage } from "../../ui/split-page.tsx";
import list from "../../ui/split-list.module.css";
import { ALL_NODES } from "./all-nodes.ts";
import { NewNode } from "./new-node.tsx";
import { NodeDetail } from "./node-detail.tsx";
import { NodeState } from "./node-state.tsx";
import { platformName } from "./platforms.ts";
import { useNodes } from "./use-nodes.ts";

export type NodePlace = "list" | "new" | { node: string };

export function NodesPage({ place }: { place: NodePlace }) {
  const nodes = useNodes();
  const wanted = typeof place === "object" ? place.node : null;
  const open = nodes.data?.find(({ id }) => id === wanted);

  const detail = () => {
    if (place === "new") return <NewNode />;
    if (open) return <NodeDetail key={open.id} node={open} />;
    if (nodes.data === undefined) return nodes.error ? null : <Loading />;
    if (wanted !== null) {
      return (
        <Empty title="There is no such node">
          <p>It was revoked, or its address is wrong.</p>
          <Link href={ALL_NODES.href}>{ALL_NODES.label}</Link>
        </Empty>
      );
    }
    const none = nodes.data.length === 0;
    return (
      <Empty title={none ? "No nodes yet" : "Pick a node"}>
        <p>
          A node is a machine of yours that does what agents ask, within the scopes you give it.
        </p>
        {none && <Link href="/nodes/new">Register the first one</Link>}
      </Empty>
    );
  };

  return (
    <SplitPage
      label="Nodes"
      narrow={place === "list" ? "list" : "detail"}
      list={
        <>
          <ListHeader title="Nodes" add={{ href: "/nodes/new", label: "New node" }} />
          {nodes.error && <ErrorNotice error={nodes.error} onRetry={() => void nodes.refetch()} />}
          {nodes.isPending && <Loading lines={4} label="Loading nodes" />}
          {nodes.data?.length === 0 && (
            <p className={list.none}>Register the first one with the button above.</p>
          )}
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
          <NodeState node={node} /> · {platformName(node.platform)}
        </span>
      </Link>
    </li>
  );
}
