/** The command palette: pages, actions and sessions, found by typing. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useId, useState, type KeyboardEvent } from "react";
import { useLocation } from "wouter";
import { api, call } from "../api/client.ts";
import type { NavigationEntry } from "../features/feature.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Icon, type IconName } from "../ui/icon.tsx";
import { VisibleText } from "../ui/visible-text.tsx";
import styles from "./palette.module.css";
import { palette as t } from "../messages/en/palette.ts";
import { sessions } from "../messages/en/sessions.ts";

/** Sessions that are listed. */
const MOST_SESSIONS = 8;

interface Command {
  id: string;
  label: string;
  icon: IconName;
  path: string;
}

interface PaletteProps {
  entries: readonly NavigationEntry[];
  onClose: () => void;
}

export function Palette({ entries, onClose }: PaletteProps) {
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState(0);
  const [, navigate] = useLocation();
  const listId = useId();
  const commands = useCommands(entries, query.trim());
  const active = Math.min(chosen, commands.length - 1);
  const optionId = (index: number) => `${listId}-${index}`;

  const run = (command: Command | undefined) => {
    if (command === undefined) return;
    onClose();
    navigate(command.path);
  };
  const move = (index: number) => {
    const next = (index + commands.length) % Math.max(commands.length, 1);
    setChosen(next);
    document.getElementById(optionId(next))?.scrollIntoView({ block: "nearest" });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const keys: Record<string, () => void> = {
      ArrowDown: () => move(active + 1),
      ArrowUp: () => move(active - 1),
      Enter: () => run(commands[active]),
    };
    const act = event.nativeEvent.isComposing ? undefined : keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };

  return (
    <Dialog title={t.title} onClose={onClose}>
      <input
        className={styles.input}
        type="text"
        role="combobox"
        aria-label={t.search}
        aria-expanded={commands.length > 0}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={active >= 0 ? optionId(active) : undefined}
        placeholder={t.search}
        value={query}
        onChange={({ target }) => {
          setQuery(target.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul id={listId} role="listbox" aria-label={t.commands} className={styles.commands}>
        {commands.map((command, index) => (
          <li
            key={command.id}
            id={optionId(index)}
            role="option"
            aria-selected={index === active}
            onClick={() => run(command)}
          >
            <Icon name={command.icon} size={18} />
            <span>
              <VisibleText text={command.label} />
            </span>
          </li>
        ))}
      </ul>
      {commands.length === 0 && <p role="status">{sessions.notFound}</p>}
    </Dialog>
  );
}

/** The actions and pages whose names have the words, then the sessions that are found by them. */
function useCommands(entries: readonly NavigationEntry[], words: string): Command[] {
  const q = useDeferredValue(words);
  const found = useQuery({
    queryKey: ["palette", q],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/sessions", {
          params: { query: { limit: MOST_SESSIONS, ...(q !== "" && { q }) } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
  const fixed: Command[] = [
    { id: "new", label: sessions.newTitle, icon: "plus", path: "/sessions/new" },
    ...entries.map(({ path, label, icon }) => ({ id: path, label: label(), icon, path })),
  ];
  const listed = (found.data?.items ?? []).map(({ id, title }): Command => ({
    id,
    label: title === "" ? sessions.untitled : title,
    icon: "sessions",
    path: `/sessions/${id}`,
  }));
  const wanted = words.toLowerCase();
  return [...fixed.filter(({ label }) => label.toLowerCase().includes(wanted)), ...listed];
}
