/** The permissions in groups of those that belong together. */
import type { Permission } from "../../api/types.ts";
import type { permissions } from "../../messages/en/permissions.ts";

type Group = keyof (typeof permissions)["group"];

/** Of each permission there is, so that a new one cannot be forgotten. */
const GROUP: Record<Permission, Group> = {
  SendMessages: "chat",
  ApproveActions: "chat",
  ViewActiveTasks: "chat",
  CancelTasks: "chat",
  ManageAgents: "agents",
  ManagePrompts: "chat",
  ManageMemory: "agents",
  ManageSkills: "agents",
  ManageDocuments: "agents",
  ManageWorkflows: "agents",
  ManageCronJobs: "agents",
  ManageNodes: "agents",
  ManageMcp: "agents",
  ManageConnections: "agents",
  ManageChannels: "agents",
  ManageWebhooks: "agents",
  ManageModels: "system",
  ViewBudgets: "system",
  ManageBudgets: "system",
  ViewSystem: "system",
  ManageSystem: "system",
  ViewUsers: "people",
  ManageUsers: "people",
  AssignRoles: "people",
  ManageRoles: "people",
  ManageTenants: "people",
  ViewAudit: "people",
  ExportAudit: "people",
  SendAnnouncements: "people",
  EndSignIns: "people",
};

/** Those that are offered, in groups and in the order of each; a group without any is left out. */
export function grouped(offered: readonly Permission[]): [Group, Permission[]][] {
  const groups = new Map<Group, Permission[]>();
  for (const [permission, group] of Object.entries(GROUP) as [Permission, Group][]) {
    if (!offered.includes(permission)) continue;
    groups.set(group, [...(groups.get(group) ?? []), permission]);
  }
  return [...groups];
}
