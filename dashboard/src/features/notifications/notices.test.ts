import { describe, expect, it } from "vitest";
import {
  APPROVAL_NOTICES,
  MAX_NOTICES,
  noticeOf,
  OTHER_NOTICES,
  reduceNotices,
  type Notice,
  type NoticeEvent,
} from "./notices.ts";

const notice = (id: string) => ({ id, isRead: false }) as Notice;
const added = (id: string) => ({ type: "added", notice: notice(id) }) as const;
const of = (name: string, data: object) =>
  noticeOf({ name, data } as NoticeEvent, (id) => `the agent ${id}`);

describe("the tray", () => {
  it("has the newest first, each once, and forgets the oldest", () => {
    const ids = Array.from({ length: MAX_NOTICES + 2 }, (_, index) => `n${index}`);
    const tray = [...ids, "n3"].map(added).reduce(reduceNotices, []);
    expect(tray).toHaveLength(MAX_NOTICES);
    expect(tray[0]?.id).toBe(ids.at(-1));
    expect(tray.at(-1)?.id).toBe("n2");
  });

  it("keeps what is read and counts what comes after", () => {
    const read = reduceNotices([notice("n1")], { type: "read" });
    const later = reduceNotices(read, added("n2"));
    expect(later.filter(({ isRead }) => !isRead).map(({ id }) => id)).toEqual(["n2"]);
  });

  it("is emptied", () => {
    expect(reduceNotices([notice("n1")], { type: "cleared" })).toEqual([]);
  });
});

describe("a notice", () => {
  it("tells an announcement as it was made", () => {
    const data = { id: "ann_1", title: "Maintenance", body: "At noon", severity: "critical" };
    expect(of("SystemAnnouncement", data)).toMatchObject({ ...data, href: null, isRead: false });
  });

  it("tells each coming and going of a node", () => {
    const data = { nodeId: "node_1", name: "Den" };
    const online = of("NodeOnline", { ...data, seq: 1 });
    expect(online).toMatchObject({ title: "Den is online", href: "/nodes/node_1" });
    expect(of("NodeOffline", { ...data, seq: 2 })).toMatchObject({ severity: "warning" });
    expect(of("NodeOnline", { ...data, seq: 3 }).id).not.toBe(online.id);
  });

  it("says who asks for what", () => {
    const asked = { id: "apr_1", agentId: "agt_1", toolName: "memory.forget_all", preview: null };
    expect(of("ApprovalRequested", { ...asked, riskLevel: "critical" })).toMatchObject({
      title: "the agent agt_1 asks to use memory.forget_all",
      severity: "critical",
      href: "/approvals",
    });
    expect(of("InfoRequested", { id: "inf_1", agentId: "agt_1", question: "Tea?" })).toMatchObject({
      body: "Tea?",
    });
  });

  it("is not made of what is on the screen anyway", () => {
    const names: string[] = [...APPROVAL_NOTICES, ...OTHER_NOTICES];
    expect(names).not.toContain("NodeHeartbeat");
    expect(names).not.toContain("ApprovalResolved");
  });
});
