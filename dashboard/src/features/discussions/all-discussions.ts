import { discussions as t } from "../../messages/en/discussions.ts";

/** The link back to the list. */
export const allDiscussions = () => ({ href: "/discussions", label: t.all });
