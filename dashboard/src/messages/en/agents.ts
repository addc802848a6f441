import { plural, section } from "../catalogue.ts";

/** Agents: their profile, instructions and tools. */
export const agents = section("agents", {
  all: "All agents",
  new: "New agent",
  loading: "Loading agents",
  missingTitle: "Agent not found",
  missingAbout: "It may have been deleted, or the link is wrong.",
  selectTitle: "Select an agent",
  selectAbout: "Edit its instructions and tools here.",
  parts: "Agent settings",
  tabs: {
    profile: "Profile",
    soul: "Instructions",
    boot: "First run",
    tools: "Tools",
  },
  actions: "Agent actions",
  deleteTitle: "Delete agent?",
  deleteAbout: (name: string) =>
    `${name} and its files will be deleted. Its sessions stay, but nobody will answer in them.`,
  description: "Description",
  descriptionHint: "What it is for, in one line, such as “Plans journeys by train”",
  saved: "Agent saved",
  create: "Create agent",
  soulHint: "Its character. You can add other files and tools later.",
  model: "Model",
  modelHint:
    "Which model answers unless a session chooses another. A small one is quick and cheap, a large one thinks further.",
  defaultModel: "Gateway default",
  modelOf: (model: string, provider: string) => `${model} (${provider})`,
  unavailableModel: (model: string) => `${model} (unavailable)`,
  fileAbout: {
    soul: "SOUL.md is the agent’s character: its role, its tone, and what it refuses to do. The agent reads it before every answer.",
    boot: "BOOT.md is what the agent should know and do at the start of a session. The agent reads it before its first answer only.",
  },
  fileExample: {
    soul: "For example: “You plan journeys by train. You answer briefly and name prices. You never book anything.”",
    boot: "For example: “Ask first where the journey begins, and how many people travel.”",
  },
  fileSaved: (file: string) => `${file} saved`,
  changedMeanwhile: (file: string) =>
    `Someone else saved ${file} after you opened it. Your text is still here: save again to replace theirs, or discard your changes to see it.`,
  agentChangedMeanwhile:
    "Someone else changed this agent after you opened it. Your changes are still here: save again to replace theirs, or open this page anew to see theirs.",
  fileEmpty: (file: string) => `${file} is empty`,
  preview: "Preview",
  discard: "Discard changes",
  savedAt: "Saved <time/>",
  characters: (count: number) => plural(count, { one: "# character", other: "# characters" }),
  tools: "Tools",
  toolsAbout:
    "What the agent may do besides writing. With web.fetch, for example, it reads pages that you name; a tool of high risk asks you before each use.",
  tryIt: "Try it",
  startOver: "Start over",
  you: "You",
  trialOf: (name: string) => `Trial of ${name}`,
  trialAbout: "Talk to the agent as it is saved. This conversation is deleted when you close it.",
  trialMessage: "Say something to try it",
  toolsSaved: "Tools saved",
  allowedBy: "allowed by <pattern/>",
  patterns: "Patterns",
  patternsAbout:
    "A pattern allows every tool whose name starts with it, including tools added later: <code>memory.*</code> allows all memory tools, <code>*</code> allows every tool. Remove the pattern to select tools one by one.",
  removePattern: (pattern: string) => `Remove pattern ${pattern}`,
  newPattern: "New pattern",
  patternFormat: "The start of a tool name, followed by *",
  add: "Add",
});
