/** The dialog that asks for the values of a prompt's variables. */
import { useState } from "react";
import type { SavedPrompt } from "../../api/types.ts";
import { ActionDialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { savedPrompts as t } from "../../messages/en/saved-prompts.ts";

interface FillPromptProps {
  prompt: SavedPrompt;
  onClose: () => void;
  /** The values, by variable. */
  onFill: (values: Record<string, string>) => void;
}

export function FillPrompt({ prompt, onClose, onFill }: FillPromptProps) {
  const [values, setValues] = useState(() =>
    Object.fromEntries(prompt.variables.map(({ name, default: value }) => [name, value ?? ""])),
  );
  return (
    <ActionDialog
      title={prompt.title}
      action={t.fill}
      onClose={onClose}
      onConfirm={() => {
        onFill(values);
        return Promise.resolve();
      }}
    >
      {prompt.variables.map(({ name }) => (
        <Field key={name} label={name}>
          {(control) => (
            <textarea
              {...control}
              rows={2}
              dir="auto"
              value={values[name] ?? ""}
              onChange={({ target }) => setValues({ ...values, [name]: target.value })}
            />
          )}
        </Field>
      ))}
    </ActionDialog>
  );
}
