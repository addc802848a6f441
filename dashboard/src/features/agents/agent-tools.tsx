import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call, callVersioned, isChangedMeanwhile, type Versioned } from "../../api/client.ts";
import type { AgentTools as Tools, ToolInfo } from "../../api/types.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import shared from "../../ui/detail.module.css";
import { TextField } from "../../ui/field.tsx";
import { ErrorNotice, ErrorText, Loading } from "../../ui/notice.tsx";
import { Rich } from "../../ui/rich.tsx";
import { RiskOption } from "../../ui/risk-option.tsx";
import { SaveActions } from "../../ui/save-actions.tsx";
import { useToast } from "../../ui/toast.tsx";
import styles from "./agent-tools.module.css";
import { allowedBy, toggled } from "./allowlist.ts";
import { agents as t } from "../../messages/en/agents.ts";

export function AgentTools({ agentId }: { agentId: string }) {
  const saved = useQuery({
    queryKey: ["agent-tools", agentId],
    queryFn: () =>
      callVersioned(api.GET("/api/agents/{id}/tools", { params: { path: { id: agentId } } })),
    // Loaded when the list opens, and not again while the user chooses.
    staleTime: Infinity,
    gcTime: 0,
  });
  const catalogue = useQuery({
    queryKey: ["tools"],
    queryFn: () => call(api.GET("/api/tools", { params: { query: { limit: 200 } } })),
    staleTime: 60_000,
  });
  const failed = [saved, catalogue].find((query) => query.error);
  if (failed) return <ErrorNotice error={failed.error} onRetry={() => void failed.refetch()} />;
  if (saved.data === undefined || catalogue.data === undefined) return <Loading lines={6} />;
  return (
    <Choice
      agentId={agentId}
      saved={saved.data}
      tools={catalogue.data.items}
      onChangedMeanwhile={() => void saved.refetch()}
    />
  );
}

interface ChoiceProps {
  agentId: string;
  saved: Versioned<Tools>;
  tools: ToolInfo[];
  /** Somebody else changed the tools after they were loaded. */
  onChangedMeanwhile: () => void;
}

function Choice({ agentId, saved, tools, onChangedMeanwhile }: ChoiceProps) {
  const queries = useQueryClient();
  const { notify } = useToast();
  const [allowlist, setAllowlist] = useState(saved.body.allowlist);
  const save = useMutation({
    mutationFn: () =>
      callVersioned(
        api.PUT("/api/agents/{id}/tools", {
          params: { path: { id: agentId }, header: { "If-Match": saved.tag } },
          body: { allowlist },
        }),
      ),
    onError: (error) => {
      if (isChangedMeanwhile(error)) onChangedMeanwhile();
    },
    onSuccess: async (next) => {
      queries.setQueryData(["agent-tools", agentId], next);
      await queries.invalidateQueries({ queryKey: ["agents"] });
      notify(t.toolsSaved);
    },
  });

  const changed = JSON.stringify(allowlist) !== JSON.stringify(saved.body.allowlist);
  return (
    <div className={styles.tools}>
      <p className={shared.note}>{t.toolsAbout}</p>
      <ul role="list" aria-label={t.tools}>
        {tools.map((tool) => (
          <ToolRow key={tool.name} tool={tool} allowlist={allowlist} onChange={setAllowlist} />
        ))}
      </ul>
      <Patterns
        patterns={allowlist.filter((pattern) => pattern.includes("*"))}
        onAdd={(pattern) => setAllowlist([...new Set([...allowlist, pattern])])}
        onRemove={(pattern) => setAllowlist(allowlist.filter((other) => other !== pattern))}
      />
      {save.error && <ErrorText error={save.error} changedMeanwhile={t.agentChangedMeanwhile} />}
      <SaveActions changed={changed} busy={save.isPending} onSave={() => save.mutate()} />
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
      <RiskOption
        name={tool.name}
        about={tool.description}
        risk={tool.risk}
        checked={exact || pattern !== undefined}
        disabled={pattern !== undefined && !exact}
        note={
          pattern !== undefined && (
            <span className={styles.by}>
              <Rich text={t.allowedBy} parts={{ pattern: <code>{pattern}</code> }} />
            </span>
          )
        }
        onToggle={() => onChange(toggled(allowlist, tool.name))}
      />
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
      <h3 id="patterns">{t.patterns}</h3>
      <p className={shared.note}>
        <Rich text={t.patternsAbout} />
      </p>
      {patterns.length > 0 && (
        <ul role="list" className={styles.chips}>
          {patterns.map((pattern) => (
            <li key={pattern} className={styles.chip}>
              <code>{pattern}</code>
              <IconButton
                small
                icon="close"
                label={t.removePattern(pattern)}
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
          label={t.newPattern}
          pattern="[^*]*\*"
          title={t.patternFormat}
          required
          value={text}
          onText={setText}
        />
        <Button type="submit">{t.add}</Button>
      </form>
    </section>
  );
}
