import { section } from "../catalogue.ts";

/** The list of sessions, and the start of a new one. */
export const sessions = section("sessions", {
  all: "All sessions",
  new: "New session",
  newTitle: "New chat",
  search: "Search sessions",
  loading: "Loading sessions",
  noneTitle: "No sessions yet",
  noneAbout:
    "Sophon connects you with AI agents that run on your own gateway. Start a chat, and it is kept here.",
  startFirst: "Start a chat",
  noModel:
    "No model is connected. The built-in offline agent answers: it calculates and remembers.",
  connectModel: "<link>Connect a model</link>",
  askForModel: "An administrator can connect a model.",
  notFound: "No results",
  hits: "Messages",
  moreHits: "Show more messages",
  older: "Show older sessions",
  fork: "fork",
  working: "is working",
  needsAnswer: "Waiting for you",
  failed: "Failed",
  untitled: "Untitled session",
  with: "Agent",
  firstMessage: "Send a message to start",
  suggestions: "Suggestions",
  suggestion: [
    "What can you do?",
    "Remember that my cat is called Oscar",
    "Calculate (1789 + 211) * 0.19",
  ],
  loadingSession: "Loading session",
  message: "Message",
  readOnly:
    "Your role lets you read sessions, but not send messages. Ask an administrator for a role that includes SendMessages.",
  stop: "Stop",
  send: "Send",
  model: {
    pick: "Model",
    default: "Default model",
    defaultIs: (model: string) => `Default (${model})`,
    of: (model: string, provider: string) => `${model} (${provider})`,
    unavailable: (model: string) => `${model} (unavailable)`,
  },
  attach: "Attach files",
  attachTitle: "Attached files",
  uploading: "Uploading…",
  removeFile: (name: string) => `Remove ${name}`,
  fileTooLarge: (most: string) => `Larger than ${most}`,
  tooManyFiles: (most: number) => `You can attach up to ${most} files to a message.`,
});
