/** The user's tags, as buttons that leave the sessions with one of them in the list. */
import { useQuery } from "@tanstack/react-query";
import { api, call } from "../../api/client.ts";
import styles from "./tag-filter.module.css";
import { sessions as t } from "../../messages/en/sessions.ts";

/** So many are shown, the most used ones. */
const SHOWN = 8;

/** The user's tags, the most used first. */
export function useTags() {
  return useQuery({
    queryKey: ["session-tags"],
    queryFn: () => call(api.GET("/api/sessions/tags")),
    select: ({ items }) => items.map(({ tag }) => tag),
    // Events say when they change.
    staleTime: Infinity,
  });
}

interface TagFilterProps {
  chosen: string | null;
  onChoose: (tag: string | null) => void;
}

export function TagFilter({ chosen, onChoose }: TagFilterProps) {
  const used = useTags().data?.slice(0, SHOWN) ?? [];
  const shown = chosen === null || used.includes(chosen) ? used : [...used, chosen];
  if (shown.length === 0) return null;
  return (
    <ul role="list" className={styles.tags} aria-label={t.tags}>
      {shown.map((tag) => (
        <li key={tag}>
          <button
            type="button"
            aria-pressed={tag === chosen}
            onClick={() => onChoose(tag === chosen ? null : tag)}
          >
            {tag}
          </button>
        </li>
      ))}
    </ul>
  );
}
