/** What can be done with the sessions that are chosen: archive or delete all of them. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useState } from "react";
import { useLocation } from "wouter";
import { api, call } from "../../api/client.ts";
import type { ListedSession } from "../../api/types.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { ActionDialog } from "../../ui/dialog.tsx";
import { useToast } from "../../ui/toast.tsx";
import styles from "./choice-bar.module.css";
import { keepMarks } from "./session-cache.ts";
import { sessionTitle } from "./session-title.ts";
import type { Choice } from "./use-choice.ts";
import { common } from "../../messages/en/common.ts";
import { sessions as t } from "../../messages/en/sessions.ts";

interface ChoiceBarProps {
  /** Those that can be chosen. */
  sessions: ListedSession[];
  choice: Choice;
  archived: boolean;
}

export function ChoiceBar({ sessions, choice, archived }: ChoiceBarProps) {
  const queries = useQueryClient();
  const { attempt } = useToast();
  const [deleting, setDeleting] = useState(false);
  const chosen = sessions.filter(({ id }) => choice.chosen?.has(id));
  const sessionIds = chosen.map(({ id }) => id);

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key === "Escape" && document.querySelector("dialog[open]") === null) choice.end();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, []);

  const archive = () =>
    attempt(async () => {
      const body = { sessionIds, isArchived: !archived };
      const { items } = await call(api.POST("/api/sessions/marks", { body }));
      for (const { id, marks } of items) keepMarks(queries, id, marks);
      choice.end();
    });

  return (
    <div className={styles.bar} role="toolbar" aria-label={t.choose}>
      <p role="status">{t.chosen(chosen.length)}</p>
      <Button small disabled={chosen.length === 0} onClick={() => void archive()}>
        {archived ? t.unarchive : t.archiveAction}
      </Button>
      <Button
        small
        variant="danger"
        disabled={chosen.length === 0}
        onClick={() => setDeleting(true)}
      >
        {common.delete}
      </Button>
      <IconButton small icon="close" label={common.cancel} onClick={choice.end} />
      {deleting && (
        <DeleteSessions
          sessions={chosen}
          onClose={() => setDeleting(false)}
          onDone={() => choice.end()}
        />
      )}
    </div>
  );
}

/** So many are named; of the others it is said how many they are. */
const NAMED = 8;

interface DeleteSessionsProps {
  sessions: ListedSession[];
  onClose: () => void;
  onDone: () => void;
}

function DeleteSessions({ sessions, onClose, onDone }: DeleteSessionsProps) {
  const queries = useQueryClient();
  const [location, navigate] = useLocation();
  const sessionIds = sessions.map(({ id }) => id);
  const remove = async () => {
    await call(api.POST("/api/sessions/delete", { body: { sessionIds } }));
    await queries.invalidateQueries({ queryKey: ["sessions"] });
    if (sessionIds.some((id) => location.endsWith(id))) navigate("/", { replace: true });
  };
  return (
    <ActionDialog
      title={t.deleteManyTitle(sessions.length)}
      action={common.delete}
      variant="danger"
      onClose={onClose}
      onConfirm={remove}
      onDone={onDone}
    >
      <p>{t.deleteManyAbout}</p>
      <ul className={styles.named}>
        {sessions.slice(0, NAMED).map((session) => (
          <li key={session.id} dir="auto">
            {sessionTitle(session)}
          </li>
        ))}
        {sessions.length > NAMED && <li>{t.andMore(sessions.length - NAMED)}</li>}
      </ul>
    </ActionDialog>
  );
}
