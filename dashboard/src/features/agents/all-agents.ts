import { agents as t } from "../../messages/en/agents.ts";

/** The link back to the list. */
export const allAgents = () => ({ href: "/agents", label: t.all });
