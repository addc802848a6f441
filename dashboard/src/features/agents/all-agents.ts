/** The way back from one agent to the list. */
export const ALL_AGENTS = { href: "/agents", label: "All agents" };
