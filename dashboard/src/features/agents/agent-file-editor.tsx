import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, callVersioned, isChangedMeanwhile, type Versioned } from "../../api/client.ts";
import type { AgentFile } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { useDraft } from "../../ui/drafts.ts";
import { Markdown } from "../../ui/markdown/markdown.tsx";
import { ErrorNotice, ErrorText, Loading } from "../../ui/notice.tsx";
import { useToast } from "../../ui/toast.tsx";
import { Rich } from "../../ui/rich.tsx";
import { Timestamp } from "../../ui/timestamp.tsx";
import styles from "./agent-file-editor.module.css";
import { agents as t } from "../../messages/en/agents.ts";
import { common } from "../../messages/en/common.ts";

export type AgentFileName = "soul" | "boot";

interface EditorProps {
  agentId: string;
  file: AgentFileName;
}

export function AgentFileEditor({ agentId, file }: EditorProps) {
  const params = { path: { id: agentId } };
  const saved = useQuery({
    queryKey: ["agent-file", agentId, file],
    queryFn: () => callVersioned(api.GET(`/api/agents/{id}/${file}`, { params })),
    // Loaded when the editor opens, and not again while the user types.
    staleTime: Infinity,
    gcTime: 0,
  });
  if (saved.error) {
    return <ErrorNotice error={saved.error} onRetry={() => void saved.refetch()} />;
  }
  if (saved.data === undefined) return <Loading lines={8} />;
  const reload = () => void saved.refetch();
  return <Editor agentId={agentId} file={file} saved={saved.data} onChangedMeanwhile={reload} />;
}

interface LoadedProps extends EditorProps {
  saved: Versioned<AgentFile>;
  /** Somebody else saved the file after it was loaded. */
  onChangedMeanwhile: () => void;
}

function Editor({ agentId, file, saved, onChangedMeanwhile }: LoadedProps) {
  const queries = useQueryClient();
  const { notify } = useToast();
  const [draft, setDraft] = useDraft(`${agentId}.${file}`);
  const [preview, setPreview] = useState(false);
  const text = draft ?? saved.body.content;
  const changed = text !== saved.body.content;
  const name = `${file.toUpperCase()}.md`;

  const save = useMutation({
    mutationFn: (content: string) =>
      callVersioned(
        api.PUT(`/api/agents/{id}/${file}`, {
          params: { path: { id: agentId }, header: { "If-Match": saved.tag } },
          body: { content },
        }),
      ),
    onError: (error) => {
      if (isChangedMeanwhile(error)) onChangedMeanwhile();
    },
    onSuccess: (next) => {
      queries.setQueryData(["agent-file", agentId, file], next);
      setDraft(null);
      notify(t.fileSaved(name));
    },
  });

  const discard = () => {
    save.reset();
    setDraft(null);
  };

  return (
    <div className={styles.editor}>
      <p className={styles.about}>{t.fileAbout[file]}</p>
      <p className={styles.about}>{t.fileExample[file]}</p>
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
          placeholder={t.fileEmpty(name)}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            if (changed) save.mutate(text);
          }}
        />
      )}
      {save.error && <ErrorText error={save.error} changedMeanwhile={t.changedMeanwhile(name)} />}
      <footer className={styles.foot}>
        <Button
          variant="primary"
          disabled={!changed}
          busy={save.isPending}
          onClick={() => save.mutate(text)}
        >
          {common.save}
        </Button>
        <Button aria-pressed={preview} onClick={() => setPreview(!preview)}>
          {preview ? common.edit : t.preview}
        </Button>
        {changed && <Button onClick={discard}>{t.discard}</Button>}
        <span className={styles.state}>
          {changed ? (
            common.unsaved
          ) : (
            <Rich text={t.savedAt} parts={{ time: <Timestamp at={saved.body.updatedAt} long /> }} />
          )}
        </span>
        <span className={styles.count}>{t.characters(text.length)}</span>
      </footer>
    </div>
  );
}
