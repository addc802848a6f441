import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { AgentFile } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { useDraft } from "../../ui/drafts.ts";
import { Markdown } from "../../ui/markdown/markdown.tsx";
import { ErrorNotice, ErrorText, Loading } from "../../ui/notice.tsx";
import { useToast } from "../../ui/toast.tsx";
import { When } from "../../ui/when.tsx";
import styles from "./agent-file-editor.module.css";

export type AgentFileName = "soul" | "boot" | "heartbeat";

const ABOUT: Record<AgentFileName, string> = {
  soul: "Who the agent is: its character, its voice, what it will not do.",
  boot: "What it knows and does when a session begins.",
  heartbeat: "What it looks after by itself, from time to time.",
};

interface EditorProps {
  agentId: string;
  file: AgentFileName;
}

export function AgentFileEditor({ agentId, file }: EditorProps) {
  const params = { path: { id: agentId } };
  const saved = useQuery({
    queryKey: ["agent-file", agentId, file],
    queryFn: () => call(api.GET(`/api/agents/{id}/${file}`, { params })),
    // Read when the editor opens, and not again under the writer's hands.
    staleTime: Infinity,
    gcTime: 0,
  });
  if (saved.error) {
    return <ErrorNotice error={saved.error} onRetry={() => void saved.refetch()} />;
  }
  if (saved.data === undefined) return <Loading lines={8} />;
  return <Editor agentId={agentId} file={file} saved={saved.data} />;
}

function Editor({ agentId, file, saved }: EditorProps & { saved: AgentFile }) {
  const queries = useQueryClient();
  const { say } = useToast();
  const [draft, setDraft] = useDraft(`${agentId}.${file}`);
  const [preview, setPreview] = useState(false);
  const text = draft ?? saved.content;
  const changed = text !== saved.content;
  const name = `${file.toUpperCase()}.md`;

  const save = useMutation({
    mutationFn: (content: string) =>
      call(
        api.PUT(`/api/agents/{id}/${file}`, {
          params: { path: { id: agentId } },
          body: { content },
        }),
      ),
    onSuccess: (next) => {
      queries.setQueryData(["agent-file", agentId, file], next);
      setDraft(null);
      say(`${name} saved`);
    },
  });

  return (
    <div className={styles.editor}>
      <p className={styles.about}>{ABOUT[file]}</p>
      {preview ? (
        <div className={styles.preview}>
          <Markdown text={text} />
        </div>
      ) : (
        <textarea
          className={styles.text}
          aria-label={name}
          spellCheck
          value={text}
          placeholder={`${name} is empty.`}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            if (changed) save.mutate(text);
          }}
        />
      )}
      {save.error && <ErrorText error={save.error} />}
      <footer className={styles.foot}>
        <Button
          look="primary"
          disabled={!changed}
          busy={save.isPending}
          onClick={() => save.mutate(text)}
        >
          Save
        </Button>
        <Button aria-pressed={preview} onClick={() => setPreview(!preview)}>
          {preview ? "Edit" : "Preview"}
        </Button>
        {changed && <Button onClick={() => setDraft(null)}>Discard changes</Button>}
        <span className={styles.state}>
          {changed ? (
            "Not saved yet"
          ) : (
            <>
              Saved <When at={saved.updatedAt} long />
            </>
          )}
        </span>
        <span className={styles.count}>{text.length.toLocaleString()} characters</span>
      </footer>
    </div>
  );
}
