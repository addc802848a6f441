import type { Node } from "../../api/types.ts";
import { nodes as t } from "../../messages/en/nodes.ts";
import styles from "./node-state.module.css";

/** The status of a node: a mark and a word, never colour alone. */
export function NodeState({ node }: { node: Node }) {
  const state = node.status === "paired" ? (node.online ? "online" : "offline") : node.status;
  return (
    <span className={styles.state} data-state={state}>
      <span aria-hidden="true" />
      {t.status[state]}
    </span>
  );
}
