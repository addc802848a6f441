import { plural, section } from "../catalogue.ts";

/** Prompts that people keep, and the list that opens while one types `/` or `@` in a message. */
export const savedPrompts = section("savedPrompts", {
  about:
    "Type <code>/</code> at the start of a message to use a prompt. <code>{{name}}</code> in its text asks for a value, <code>{{name=default}}</code> suggests one, and <code>{{date}}</code>, <code>{{time}}</code> and <code>{{user}}</code> fill in themselves.",
  own: "Your prompts",
  ownAbout: "Only you can use and see them.",
  shared: "Shared prompts",
  sharedAbout: "Everyone in your tenant can use them.",
  none: "No prompts yet",
  new: "New prompt",
  edit: "Edit prompt",
  editOne: (command: string) => `Edit /${command}`,
  deleteOne: (command: string) => `Delete /${command}`,
  deleteTitle: "Delete prompt?",
  deleteAbout: (command: string) => `/${command} will be deleted.`,
  deleteSharedAbout: (command: string) =>
    `/${command} will be deleted for everyone in your tenant.`,
  command: "Command",
  commandHint: "One word: letters, digits, - and _",
  titleHint: "Shown in the list; the command if empty",
  content: "Text",
  contentExample: "Translate to {{language=French}}:\n\n{{text}}",
  share: "Share with everyone in my tenant",
  saved: "Prompt saved",
  import: "Import",
  export: "Export",
  imported: (count: number) =>
    plural(count, { one: "# prompt imported", other: "# prompts imported" }),
  skipped: (count: number) =>
    plural(count, {
      one: "# was skipped, because a prompt has its command already",
      other: "# were skipped, because prompts have their commands already",
    }),
  notPrompts:
    "This file holds no prompts. It must be a JSON list of objects with “command” and “content”, such as an export.",
  fill: "Insert",
  prompts: "Prompts",
  agents: "Agents",
  count: (count: number) => plural(count, { one: "# suggestion", other: "# suggestions" }),
  manage: "Manage prompts",
  answeredBy: (agent: string) => `Answered by ${agent}`,
  removeAgent: (agent: string) => `Do not ask ${agent}`,
});
