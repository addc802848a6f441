import type { Node } from "../../api/types.ts";
import styles from "./node-state.module.css";

function words({ status, online }: Node): string {
  switch (status) {
    case "pending":
      return "Waits for approval";
    case "approved":
      return "Approved, not paired yet";
    case "rejected":
      return "Turned down";
    case "paired":
      return online ? "Online" : "Offline";
  }
}

/** How a node is: a mark and a word, never colour alone. */
export function NodeState({ node }: { node: Node }) {
  const state = node.status === "paired" ? (node.online ? "online" : "offline") : node.status;
  return (
    <span className={styles.state} data-state={state}>
      <span aria-hidden="true" />
      {words(node)}
    </span>
  );
}
