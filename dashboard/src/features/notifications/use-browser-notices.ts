/** Which events the browser tells a person of who looks elsewhere: an agent asks, or a turn has ended. */
import { useEffect, useEffectEvent } from "react";
import { useLocation } from "wouter";
import { useAgentName } from "../../entities/agent/use-agents.ts";
import { showBrowserNotice, useLookedAt } from "../../entities/notice/browser-notices.ts";
import type { EventOf, TaskEvents } from "../../live/events.ts";
import { useLive } from "../../live/live.tsx";
import { noticeOf, APPROVAL_NOTICES, type NoticeEvent } from "./notices.ts";
import { notifications as t } from "../../messages/en/notifications.ts";

const ENDS = ["TaskCompleted", "TaskFailed"] as const satisfies (keyof TaskEvents)[];

type EndEvent = EventOf<Pick<TaskEvents, (typeof ENDS)[number]>>;

export function useBrowserNoticesOfEvents() {
  const { approvals, tasks } = useLive();
  const [, navigate] = useLocation();
  const agentName = useAgentName();
  useLookedAt();

  const asked = useEffectEvent((event: NoticeEvent) => {
    const { id, title, body } = noticeOf(event, agentName);
    void showBrowserNotice({ tag: id, title, body, onOpen: () => navigate("/approvals") });
  });
  const ended = useEffectEvent((event: EndEvent) => {
    const { taskId, kind, sessionId, agentId, description } = event.data;
    if (kind !== "chat" || sessionId === null) return;
    const agent = agentName(agentId ?? undefined);
    const failed = event.name === "TaskFailed";
    void showBrowserNotice({
      tag: taskId,
      title: failed ? t.couldNotAnswer(agent) : t.answered(agent),
      body: failed ? event.data.error : description,
      onOpen: () => navigate(`/sessions/${sessionId}`),
    });
  });
  useEffect(() => {
    const stops = [
      approvals.on(APPROVAL_NOTICES, (event) => asked(event)),
      tasks.on(ENDS, (event) => ended(event)),
    ];
    return () => stops.forEach((stop) => stop());
  }, [approvals, tasks]);
}
