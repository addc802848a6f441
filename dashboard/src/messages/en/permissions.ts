import { section } from "../catalogue.ts";

/** What each permission allows, in a sentence. */
const about = {
  ManageUsers: "Create, change and delete users",
  ManageRoles: "Create, change and delete roles",
  ManageTenants: "Create, change and delete tenants",
  AssignRoles: "Give users another role",
  ViewUsers: "See users and roles",
  ManageAgents: "Create, change and delete agents and their files",
  ManageWorkflows: "Create, change and delete workflows",
  ManageSkills: "Install and remove skills",
  ManageMemory: "Write memory",
  ManageDocuments: "Upload and delete documents",
  ManageConnections: "Connect services",
  ManageChannels: "Configure channels",
  ManageCronJobs: "Create, change and delete scheduled jobs",
  ManageWebhooks: "Create, change and delete webhooks",
  ManageNodes: "Pair, approve and revoke nodes, and send them commands",
  ManageMcp: "Configure MCP servers",
  ManagePrompts: "Share saved prompts with the tenant; change and delete shared ones",
  SendMessages: "Chat with agents; create, change and delete one’s own sessions",
  ApproveActions: "Answer approval requests",
  CancelTasks: "Cancel other people’s tasks",
  ViewActiveTasks: "See tasks",
  ManageModels: "Add, change and remove model providers",
  ViewBudgets: "See budgets",
  ManageBudgets: "Change budgets",
  ViewAudit: "See the audit log",
  ExportAudit: "Export the audit log",
  ViewSystem: "See the health and the metrics of the gateway",
  ManageSystem: "Pause, resume, drain and restart the gateway",
  SendAnnouncements: "Send an announcement to everyone in the tenant",
  EndSignIns: "End one’s own sign-ins and API tokens with an API token",
};

/** Permissions, as they are chosen for roles and API tokens. */
export const permissions = section("permissions", {
  about,
  group: {
    chat: "Chat and approvals",
    agents: "Agents and their tools",
    system: "Models and the gateway",
    people: "People",
  },
});
