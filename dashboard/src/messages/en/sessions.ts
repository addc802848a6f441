import { section } from "../catalogue.ts";

/** The list of sessions, and the start of a new one. */
export const sessions = section("sessions", {
  all: "All sessions",
  new: "New session",
  newTitle: "New chat",
  search: "Search sessions",
  loading: "Loading sessions",
  noneTitle: "No sessions yet",
  noneAbout: "Send a message to start one.",
  notFound: "No results",
  older: "Show older sessions",
  fork: "fork",
  working: "is working",
  needsAnswer: "Waiting for you",
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
  stop: "Stop",
  send: "Send",
});
