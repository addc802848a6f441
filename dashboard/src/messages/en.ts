/** The English catalogue, section by section. It is the type of every translation, and is not loaded as a whole. */
export * from "./en/agents.ts";
export * from "./en/common.ts";
export * from "./en/conversation.ts";
export * from "./en/discussions.ts";
export * from "./en/jobs.ts";
export * from "./en/models.ts";
export * from "./en/navigation.ts";
export * from "./en/nodes.ts";
export * from "./en/notifications.ts";
export * from "./en/palette.ts";
export * from "./en/prompts.ts";
export * from "./en/sessions.ts";
export * from "./en/settings.ts";
export * from "./en/shell.ts";
export * from "./en/shortcuts.ts";
export * from "./en/tasks.ts";
export * from "./en/users.ts";
