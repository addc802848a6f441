import { nodes as t } from "../../messages/en/nodes.ts";

/** The link back to the list. */
export const allNodes = () => ({ href: "/nodes", label: t.all });
