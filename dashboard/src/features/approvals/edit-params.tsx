import { useEffect, useRef, useState } from "react";
import { Button } from "../../ui/button.tsx";
import styles from "./ask-card.module.css";
import { ParamsField } from "./params-field.tsx";
import { parseParams } from "./params-text.ts";

const LEAST_ROWS = 4;
const MOST_ROWS = 20;

interface EditParamsProps {
  params: unknown;
  busy: boolean;
  onSave: (params: Record<string, unknown>) => Promise<void>;
  onClose: () => void;
}

/** Other arguments in the place of the agent's. */
export function EditParams({ params, busy, onSave, onClose }: EditParamsProps) {
  const [text, setText] = useState(() => JSON.stringify(params, null, 2));
  const parsed = parseParams(text);
  const form = useRef<HTMLFormElement>(null);
  // With its buttons: below the arguments it would begin out of sight.
  useEffect(() => {
    form.current?.scrollIntoView({ block: "nearest" });
  }, []);
  const rows = Math.min(MOST_ROWS, Math.max(LEAST_ROWS, text.split("\n").length + 1));
  return (
    <form
      ref={form}
      className={styles.form}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
      onSubmit={(event) => {
        event.preventDefault();
        if (parsed.ok) void onSave(parsed.params);
      }}
    >
      <ParamsField
        label="Other arguments"
        hint="The agent is told what you changed."
        rows={rows}
        autoFocus
        text={text}
        parsed={parsed}
        onText={setText}
      />
      <div className={styles.actions}>
        <Button type="submit" look="primary" icon="check" busy={busy} disabled={!parsed.ok}>
          Approve with these
        </Button>
        <Button disabled={busy} onClick={onClose}>
          Back
        </Button>
      </div>
    </form>
  );
}
