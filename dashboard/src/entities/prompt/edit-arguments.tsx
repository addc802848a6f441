import { useEffect, useRef, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { AnswerForm } from "./answer-form.tsx";
import { JsonField } from "../../ui/json-field.tsx";
import { parseJsonObject } from "../../ui/json-object.ts";
import { prompts as t } from "../../messages/en/prompts.ts";

const MIN_ROWS = 4;
const MAX_ROWS = 20;

interface EditArgumentsProps {
  params: unknown;
  busy: boolean;
  onSave: (params: Record<string, unknown>) => Promise<void>;
  onClose: () => void;
}

/** A form that replaces the arguments of the agent. */
export function EditArguments({ params, busy, onSave, onClose }: EditArgumentsProps) {
  const [text, setText] = useState(() => JSON.stringify(params, null, 2));
  const parsed = parseJsonObject(text);
  const form = useRef<HTMLFormElement>(null);
  // The form opens below the arguments, possibly out of sight.
  useEffect(() => {
    form.current?.scrollIntoView({ block: "nearest" });
  }, []);
  const rows = Math.min(MAX_ROWS, Math.max(MIN_ROWS, text.split("\n").length + 1));
  return (
    <AnswerForm
      ref={form}
      busy={busy}
      onClose={onClose}
      onSubmit={() => {
        if (parsed.ok) void onSave(parsed.value);
      }}
      submit={
        <Button type="submit" variant="primary" icon="check" busy={busy} disabled={!parsed.ok}>
          {t.approveEdited}
        </Button>
      }
    >
      <JsonField
        label={t.editArguments}
        hint={t.editHint}
        rows={rows}
        autoFocus
        text={text}
        parsed={parsed}
        onText={setText}
      />
    </AnswerForm>
  );
}
