import { section } from "../catalogue.ts";

/** The names of the pages, in the navigation bar and as titles. */
export const navigation = section("navigation", {
  sessions: "Sessions",
  approvals: "Approvals",
  tasks: "Tasks",
  agents: "Agents",
  prompts: "Prompts",
  discussions: "Discussions",
  models: "Models",
  nodes: "Nodes",
  jobs: "Jobs",
  users: "Users",
  tenants: "Tenants",
  audit: "Audit log",
  settings: "Settings",
  notifications: "Notifications",
  waiting: "waiting",
  unread: "unread",
});
