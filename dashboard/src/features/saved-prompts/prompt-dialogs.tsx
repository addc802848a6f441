/** The dialogs in which a prompt is made and changed. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call, callVersioned, type Versioned } from "../../api/client.ts";
import type { SavedPrompt } from "../../api/types.ts";
import { SAVED_PROMPTS } from "../../entities/saved-prompt/saved-prompts.ts";
import { useCan } from "../../entities/user/auth.ts";
import { ActionDialog, Dialog } from "../../ui/dialog.tsx";
import { Field, TextField } from "../../ui/field.tsx";
import { ErrorNotice, Loading } from "../../ui/notice.tsx";
import { useToast } from "../../ui/toast.tsx";
import styles from "./prompts-page.module.css";
import { common } from "../../messages/en/common.ts";
import { savedPrompts as t } from "../../messages/en/saved-prompts.ts";

/** The limits of the gateway, in characters. */
const LONGEST_COMMAND = 40;
const LONGEST_TITLE = 200;
const LONGEST_CONTENT = 20_000;

type Values = Pick<SavedPrompt, "command" | "title" | "content" | "shared">;

export function NewPrompt({ onClose }: { onClose: () => void }) {
  const [values, setValues] = useState({ command: "", title: "", content: "", shared: false });
  const saved = useSaved();
  const create = async () => {
    const { title, ...rest } = values;
    const body = { ...rest, ...(title.trim() !== "" && { title }) };
    await call(api.POST("/api/prompts", { body }));
    await saved();
  };
  return (
    <ActionDialog title={t.new} action={common.save} onClose={onClose} onConfirm={create}>
      <PromptFields values={values} onChange={setValues} />
    </ActionDialog>
  );
}

export function EditPrompt({ id, onClose }: { id: string; onClose: () => void }) {
  const stored = useQuery({
    queryKey: ["saved-prompt", id],
    queryFn: () => callVersioned(api.GET("/api/prompts/{id}", { params: { path: { id } } })),
    // Loaded when the dialog opens, and not again while the user types.
    staleTime: Infinity,
    gcTime: 0,
  });
  if (stored.data) return <EditForm stored={stored.data} onClose={onClose} />;
  return (
    <Dialog title={t.edit} onClose={onClose}>
      {stored.error ? (
        <ErrorNotice error={stored.error} onRetry={() => void stored.refetch()} />
      ) : (
        <Loading lines={4} />
      )}
    </Dialog>
  );
}

function EditForm({ stored, onClose }: { stored: Versioned<SavedPrompt>; onClose: () => void }) {
  const [values, setValues] = useState<Values>(stored.body);
  const saved = useSaved();
  const save = async () => {
    const { command, title, content, shared } = values;
    const params = { path: { id: stored.body.id }, header: { "If-Match": stored.tag } };
    const body = { command, title: title.trim() === "" ? command : title, content, shared };
    await call(api.PATCH("/api/prompts/{id}", { params, body }));
    await saved();
  };
  return (
    <ActionDialog title={t.edit} action={common.save} onClose={onClose} onConfirm={save}>
      <PromptFields values={values} onChange={setValues} />
    </ActionDialog>
  );
}

function useSaved() {
  const queries = useQueryClient();
  const { notify } = useToast();
  return async () => {
    await queries.invalidateQueries({ queryKey: SAVED_PROMPTS });
    notify(t.saved);
  };
}

interface PromptFieldsProps {
  values: Values;
  onChange: (values: Values) => void;
}

function PromptFields({ values, onChange }: PromptFieldsProps) {
  const mayShare = useCan("ManagePrompts");
  const set = (part: Partial<Values>) => onChange({ ...values, ...part });
  return (
    <>
      <TextField
        label={t.command}
        field="command"
        required
        maxLength={LONGEST_COMMAND + 1}
        autoCapitalize="none"
        spellCheck={false}
        value={values.command}
        onText={(command) => set({ command })}
        hint={t.commandHint}
      />
      <TextField
        label={common.title}
        field="title"
        maxLength={LONGEST_TITLE}
        value={values.title}
        onText={(title) => set({ title })}
        hint={t.titleHint}
      />
      <Field label={t.content} field="content">
        {(control) => (
          <textarea
            {...control}
            required
            rows={8}
            dir="auto"
            maxLength={LONGEST_CONTENT}
            placeholder={t.contentExample}
            value={values.content}
            onChange={({ target }) => set({ content: target.value })}
          />
        )}
      </Field>
      {mayShare && (
        <label className={styles.share}>
          <input
            type="checkbox"
            checked={values.shared}
            onChange={({ target }) => set({ shared: target.checked })}
          />
          {t.share}
        </label>
      )}
    </>
  );
}
