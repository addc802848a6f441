import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { Agent, ToolInfo } from "../../api/types.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import shared from "../../ui/detail.module.css";
import { TextField } from "../../ui/field.tsx";
import { ErrorNotice, ErrorText, Loading } from "../../ui/notice.tsx";
import { Risk } from "../../ui/risk.tsx";
import { useToast } from "../../ui/toast.tsx";
import styles from "./agent-tools.module.css";
import { allowedBy, toggled } from "./allowlist.ts";

export function AgentTools({ agent }: { agent: Agent }) {
  const queries = useQueryClient();
  const { say } = useToast();
  const [allowlist, setAllowlist] = useState(agent.tools);
  const catalogue = useQuery({
    queryKey: ["tools"],
    queryFn: () => call(api.GET("/api/tools")),
    staleTime: 60_000,
  });
  const save = useMutation({
    mutationFn: () =>
      call(
        api.PUT("/api/agents/{id}/tools", {
          params: { path: { id: agent.id } },
          body: { allowlist },
        }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["agents"] });
      say("Tools saved");
    },
  });

  if (catalogue.error) {
    return <ErrorNotice error={catalogue.error} onRetry={() => void catalogue.refetch()} />;
  }
  if (catalogue.data === undefined) return <Loading lines={6} />;
  const changed = JSON.stringify(allowlist) !== JSON.stringify(agent.tools);
  return (
    <div className={styles.tools}>
      <ul role="list" aria-label="Tools">
        {catalogue.data.items.map((tool) => (
          <ToolRow key={tool.name} tool={tool} allowlist={allowlist} onChange={setAllowlist} />
        ))}
      </ul>
      <Patterns
        patterns={allowlist.filter((pattern) => pattern.includes("*"))}
        onAdd={(pattern) => setAllowlist([...new Set([...allowlist, pattern])])}
        onRemove={(pattern) => setAllowlist(allowlist.filter((other) => other !== pattern))}
      />
      {save.error && <ErrorText error={save.error} />}
      <div className={shared.actions}>
        <Button
          look="primary"
          disabled={!changed}
          busy={save.isPending}
          onClick={() => save.mutate()}
        >
          Save
        </Button>
        {changed && <span className={shared.note}>Not saved yet</span>}
      </div>
    </div>
  );
}

interface ToolRowProps {
  tool: ToolInfo;
  allowlist: string[];
  onChange: (allowlist: string[]) => void;
}

function ToolRow({ tool, allowlist, onChange }: ToolRowProps) {
  const exact = allowlist.includes(tool.name);
  const pattern = allowedBy(
    allowlist.filter((other) => other !== tool.name),
    tool.name,
  );
  return (
    <li>
      <label className={styles.tool}>
        <input
          type="checkbox"
          checked={exact || pattern !== undefined}
          disabled={pattern !== undefined && !exact}
          onChange={() => onChange(toggled(allowlist, tool.name))}
        />
        <span>
          <code>{tool.name}</code>
          {pattern !== undefined && (
            <span className={styles.by}>
              let through by <code>{pattern}</code>
            </span>
          )}
          <span className={styles.about}>{tool.description}</span>
        </span>
        <Risk level={tool.risk} />
      </label>
    </li>
  );
}

interface PatternsProps {
  patterns: string[];
  onAdd: (pattern: string) => void;
  onRemove: (pattern: string) => void;
}

function Patterns({ patterns, onAdd, onRemove }: PatternsProps) {
  const [text, setText] = useState("");
  return (
    <section className={styles.patterns} aria-labelledby="patterns">
      <h3 id="patterns">Patterns</h3>
      <p className={shared.note}>
        A pattern lets through every tool whose name begins so, also those that come later:{" "}
        <code>memory.*</code> is all of memory, <code>*</code> is every tool. Remove it to pick
        tools one by one.
      </p>
      {patterns.length > 0 && (
        <ul role="list" className={styles.chips}>
          {patterns.map((pattern) => (
            <li key={pattern} className={styles.chip}>
              <code>{pattern}</code>
              <IconButton
                small
                icon="close"
                label={`Remove pattern ${pattern}`}
                onClick={() => onRemove(pattern)}
              />
            </li>
          ))}
        </ul>
      )}
      <form
        className={styles.add}
        onSubmit={(event) => {
          event.preventDefault();
          onAdd(text.trim());
          setText("");
        }}
      >
        <TextField
          label="New pattern"
          pattern="[^*]*\*"
          title="The beginning of a name and then a *"
          required
          value={text}
          onText={setText}
        />
        <Button type="submit">Add</Button>
      </form>
    </section>
  );
}
