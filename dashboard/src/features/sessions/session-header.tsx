/** The head of an open session: its title, and what can be done with it. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { api, call } from "../../api/client.ts";
import type { Session, SessionMarks } from "../../api/types.ts";
import { useAuth } from "../../entities/user/auth.ts";
import { IconButton } from "../../ui/button.tsx";
import { Menu, type MenuItem } from "../../ui/menu.tsx";
import { saveFile } from "../../ui/save-file.ts";
import { useToast } from "../../ui/toast.tsx";
import { EditTags } from "./edit-tags.tsx";
import { mark, type MarksChange } from "./marks.ts";
import { DeleteSession, RenameSession } from "./session-dialogs.tsx";
import { ShareSession } from "./share-session.tsx";
import { sessionTitle } from "./session-title.ts";
import styles from "./session-view.module.css";
import { common } from "../../messages/en/common.ts";
import { conversation as t } from "../../messages/en/conversation.ts";
import { sessions } from "../../messages/en/sessions.ts";
import { sharing } from "../../messages/en/sharing.ts";

interface SessionHeaderProps {
  session: Session | undefined;
  marks: SessionMarks | undefined;
  agentName: string;
  onFork: () => void;
}

export function SessionHeader({ session, marks, agentName, onFork }: SessionHeaderProps) {
  const { attempt } = useToast();
  const { user } = useAuth();
  const [dialog, setDialog] = useState<"rename" | "tags" | "share" | "delete" | null>(null);
  const close = () => setDialog(null);
  const marking = useMarkItems(session, marks);
  return (
    <header className={styles.header}>
      <BackButton />
      <div className={styles.names}>
        <h2 dir="auto">{session ? sessionTitle(session) : "\u00a0"}</h2>
        <p>
          {session && <Link href={`/agents/${session.agentId}`}>{agentName}</Link>}
          {session?.parentSessionId && (
            <>
              {common.separator}
              <Link href={`/sessions/${session.parentSessionId}`}>{t.forkedFrom}</Link>
            </>
          )}
        </p>
      </div>
      {session && marks && (
        <Menu
          label={t.actions}
          items={[
            { label: common.rename, icon: "pencil", onSelect: () => setDialog("rename") },
            {
              label: sessions.editTags,
              icon: "tag",
              onSelect: () => setDialog("tags"),
            },
            ...marking,
            ...(session.ownerId === user.id
              ? [
                  {
                    label: sharing.action,
                    icon: "share" as const,
                    onSelect: () => setDialog("share"),
                  },
                ]
              : []),
            { label: t.forkAction, icon: "fork", onSelect: onFork },
            ...FORMATS.map((format) => ({
              label: t.exportAs[format],
              icon: "download" as const,
              onSelect: () => void attempt(() => exportSession(session, format)),
            })),
            {
              label: common.delete,
              icon: "trash",
              danger: true,
              onSelect: () => setDialog("delete"),
            },
          ]}
        />
      )}
      {session && dialog === "rename" && <RenameSession session={session} onClose={close} />}
      {session && marks && dialog === "tags" && (
        <EditTags id={session.id} marks={marks} onClose={close} />
      )}
      {session && dialog === "share" && <ShareSession session={session} onClose={close} />}
      {session && dialog === "delete" && <DeleteSession session={session} onClose={close} />}
    </header>
  );
}

const FORMATS = ["markdown", "json"] as const;
const EXTENSIONS = { markdown: "md", json: "json" };

/** Has the browser save the messages that are shown. */
async function exportSession(session: Session, format: (typeof FORMATS)[number]) {
  const params = { path: { id: session.id }, query: { format } };
  const file = await call(api.GET("/api/sessions/{id}/export", { params, parseAs: "blob" }));
  saveFile(file, `${sessionTitle(session)}.${EXTENSIONS[format]}`);
}

/** What the user can keep about the session with one click. */
function useMarkItems(session: Session | undefined, marks: SessionMarks | undefined): MenuItem[] {
  const queries = useQueryClient();
  const { attempt } = useToast();
  const [, navigate] = useLocation();
  if (session === undefined || marks === undefined) return [];
  const set = (change: MarksChange) => () => attempt(() => mark(queries, session.id, change));
  const { isPinned, isArchived } = marks;
  // Left, since what is open is read.
  const leave = (change: MarksChange) => () => void set(change)().then(() => navigate("/"));
  return [
    {
      label: isPinned ? sessions.unpin : sessions.pin,
      icon: "pin",
      onSelect: () => void set({ isPinned: !isPinned })(),
    },
    {
      label: sessions.markUnread,
      icon: "unread",
      onSelect: leave({ readCount: Math.max(0, session.messageCount - 1) }),
    },
    isArchived
      ? {
          label: sessions.unarchive,
          icon: "archive",
          onSelect: () => void set({ isArchived: false })(),
        }
      : { label: sessions.archiveAction, icon: "archive", onSelect: leave({ isArchived: true }) },
  ];
}

export function BackButton() {
  const [, navigate] = useLocation();
  return (
    <span className={styles.back}>
      <IconButton icon="back" label={sessions.all} onClick={() => navigate("/")} />
    </span>
  );
}
