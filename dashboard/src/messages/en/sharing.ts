import { section } from "../catalogue.ts";

/** Sharing a session with people or by a link, and the page behind that link. */
export const sharing = section("sharing", {
  action: "Share",
  title: "Share this session",
  people: "People",
  peopleAbout:
    "People who can write also send messages to the agent. Everyone here sees the whole session.",
  roles: { owner: "Owner", member: "Can write", viewer: "Can read" },
  roleOf: (name: string) => `What ${name} can do`,
  remove: (name: string) => `Remove ${name}`,
  findPeople: "Add people by name or email",
  found: "People found",
  add: "Add",
  addPerson: (name: string) => `Add ${name}`,
  nobody: "Nobody else is found in your tenant.",
  link: "Public link",
  readers:
    "Readers see the messages and files, and new ones as they come. They do not see tool calls or who takes part, and they cannot write.",
  isPrivate: "Only those who take part can open this session.",
  isPublic: "Anyone with this link can read this session, without signing in.",
  create: "Create link",
  stop: "Stop sharing",
  about: "A shared session: you can read it, but not write in it.",
  open: "Open in Sophon",
  person: "Person",
  agent: "Agent",
  system: "System",
  writing: "The agent is writing…",
  none: "Nothing has been said yet.",
  older: "Show earlier messages",
  goneTitle: "This session is not shared",
  goneAbout: "The link is wrong, or the session is no longer shared.",
});
