import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, callVersioned, isChangedMeanwhile, type Versioned } from "../../api/client.ts";
import type { Agent } from "../../api/types.ts";
import { agents as t } from "../../messages/en/agents.ts";
import styles from "../../ui/detail.module.css";
import { ErrorNotice, ErrorText, Loading } from "../../ui/notice.tsx";
import { SaveActions } from "../../ui/save-actions.tsx";
import { useToast } from "../../ui/toast.tsx";
import { AgentFields, trimmed, type AgentValues } from "./agent-fields.tsx";

export function AgentProfile({ agentId }: { agentId: string }) {
  const saved = useQuery({
    queryKey: ["agent-profile", agentId],
    queryFn: () =>
      callVersioned(api.GET("/api/agents/{id}", { params: { path: { id: agentId } } })),
    // Loaded when the form opens, and not again while the user types.
    staleTime: Infinity,
    gcTime: 0,
  });
  if (saved.error) {
    return <ErrorNotice error={saved.error} onRetry={() => void saved.refetch()} />;
  }
  if (saved.data === undefined) return <Loading lines={6} />;
  return <ProfileForm saved={saved.data} onChangedMeanwhile={() => void saved.refetch()} />;
}

interface FormProps {
  saved: Versioned<Agent>;
  /** Somebody else changed the agent after it was loaded. */
  onChangedMeanwhile: () => void;
}

function ProfileForm({ saved, onChangedMeanwhile }: FormProps) {
  const queries = useQueryClient();
  const { notify } = useToast();
  const agent = saved.body;
  const [values, setValues] = useState<AgentValues>(agent);
  const changed =
    values.name !== agent.name ||
    values.description !== agent.description ||
    values.model !== agent.model;

  const save = useMutation({
    mutationFn: () =>
      callVersioned(
        api.PATCH("/api/agents/{id}", {
          params: { path: { id: agent.id }, header: { "If-Match": saved.tag } },
          body: trimmed(values),
        }),
      ),
    onError: (error) => {
      if (isChangedMeanwhile(error)) onChangedMeanwhile();
    },
    onSuccess: async (next) => {
      queries.setQueryData(["agent-profile", agent.id], next);
      await queries.invalidateQueries({ queryKey: ["agents"] });
      notify(t.saved);
    },
  });

  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <AgentFields values={values} onChange={setValues} />
      {save.error && <ErrorText error={save.error} changedMeanwhile={t.agentChangedMeanwhile} />}
      <SaveActions changed={changed} busy={save.isPending} />
    </form>
  );
}
