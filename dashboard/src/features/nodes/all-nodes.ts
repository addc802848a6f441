/** The way back from one node to the list. */
export const ALL_NODES = { href: "/nodes", label: "All nodes" };
