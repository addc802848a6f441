/** The dialog in which the tags of a session are changed. */
import { useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import type { SessionMarks } from "../../api/types.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { ActionDialog } from "../../ui/dialog.tsx";
import { TextField } from "../../ui/field.tsx";
import styles from "./edit-tags.module.css";
import { mark } from "./marks.ts";
import { useTags } from "./tag-filter.tsx";
import { common } from "../../messages/en/common.ts";
import { sessions as t } from "../../messages/en/sessions.ts";

/** The limits of the gateway. */
const MOST_TAGS = 20;
const LONGEST_TAG = 40;

interface EditTagsProps {
  id: string;
  marks: SessionMarks;
  onClose: () => void;
}

export function EditTags({ id, marks, onClose }: EditTagsProps) {
  const queries = useQueryClient();
  const suggestions = useId();
  const known = useTags().data ?? [];
  const [tags, setTags] = useState(marks.tags);
  const [text, setText] = useState("");
  const all = withTag(tags, text);

  const add = () => {
    setTags(all);
    setText("");
  };
  return (
    <ActionDialog
      title={t.tags}
      action={common.save}
      onClose={onClose}
      onConfirm={() => mark(queries, id, { tags: all })}
    >
      {tags.length > 0 && (
        <ul role="list" className={styles.tags} aria-label={t.tags}>
          {tags.map((tag) => (
            <li key={tag}>
              <span dir="auto">{tag}</span>
              <IconButton
                small
                icon="close"
                label={t.removeTag(tag)}
                onClick={() => setTags(tags.filter((other) => other !== tag))}
              />
            </li>
          ))}
        </ul>
      )}
      <div className={styles.add}>
        <TextField
          label={t.newTag}
          hint={t.tagsAbout}
          list={suggestions}
          maxLength={LONGEST_TAG}
          disabled={tags.length >= MOST_TAGS}
          value={text}
          onText={setText}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || text.trim() === "") return;
            event.preventDefault();
            add();
          }}
        />
        <Button disabled={text.trim() === ""} onClick={add}>
          {t.addTag}
        </Button>
      </div>
      <datalist id={suggestions}>
        {known
          .filter((tag) => !tags.includes(tag))
          .map((tag) => (
            <option key={tag} value={tag} />
          ))}
      </datalist>
    </ActionDialog>
  );
}

/** One that differs only by its case is the same. */
function withTag(tags: string[], text: string): string[] {
  const tag = text.trim();
  const isKnown = tags.some((other) => other.toLowerCase() === tag.toLowerCase());
  return tag === "" || isKnown ? tags : [...tags, tag];
}
