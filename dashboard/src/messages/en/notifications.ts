import { section } from "../catalogue.ts";

/** Notifications: announcements, requests of agents, and nodes that come and go. */
export const notifications = section("notifications", {
  noneTitle: "You’re all caught up",
  noneAbout: "Announcements, approval requests and node status appear here while you’re connected.",
  clear: "Clear all",
  new: "new",
  view: "View",
  nodeOnline: (node: string) => `${node} is online`,
  nodeOffline: (node: string) => `${node} is offline`,
  approval: (agent: string, tool: string) => `${agent} asks to use ${tool}`,
  answered: (agent: string) => `${agent} answered`,
  couldNotAnswer: (agent: string) => `${agent} could not answer`,
  question: (agent: string) => `${agent} has a question`,
});
