/** The list that opens above the composer while somebody types `/` or `@`. */
import { Icon } from "../../ui/icon.tsx";
import { VisibleText } from "../../ui/visible-text.tsx";
import styles from "./suggestion-list.module.css";
import type { Suggestion, useSuggestions } from "./use-suggestions.ts";
import { savedPrompts as t } from "../../messages/en/saved-prompts.ts";

export function SuggestionList({
  listId,
  isOpen,
  kind,
  suggestions,
  index,
  choose,
}: ReturnType<typeof useSuggestions>) {
  return (
    <>
      <p role="status" className="visually-hidden">
        {isOpen && t.count(suggestions.length)}
      </p>
      {isOpen && (
        <ul
          id={listId}
          role="listbox"
          aria-label={kind === "prompt" ? t.prompts : t.agents}
          className={styles.list}
          // The text keeps the focus.
          onPointerDown={(event) => event.preventDefault()}
        >
          {suggestions.map((suggestion, at) => (
            <li
              key={suggestion.id}
              id={`${listId}-${at}`}
              role="option"
              aria-selected={at === index}
              onClick={() => choose(suggestion)}
            >
              <Choice suggestion={suggestion} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Choice({ suggestion }: { suggestion: Suggestion }) {
  switch (suggestion.kind) {
    case "prompt": {
      const { command, title, shared } = suggestion.prompt;
      return (
        <>
          <span className={styles.name}>/{command}</span>
          <span className={styles.about} dir="auto">
            {title !== command && <VisibleText text={title} />}
          </span>
          {shared && (
            <span className={styles.mark} title={t.sharedAbout}>
              <Icon name="people" size={16} />
              <span className="visually-hidden">{t.shared}</span>
            </span>
          )}
        </>
      );
    }
    case "agent": {
      const { name, description } = suggestion.agent;
      return (
        <>
          <span className={styles.name} dir="auto">
            <VisibleText text={name} />
          </span>
          <span className={styles.about} dir="auto">
            <VisibleText text={description} />
          </span>
        </>
      );
    }
    case "manage":
      return (
        <>
          <Icon name="pencil" size={16} />
          <span>{t.manage}</span>
        </>
      );
  }
}
