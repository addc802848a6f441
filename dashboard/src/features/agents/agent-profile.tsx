import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { Agent } from "../../api/types.ts";
import { agents as t } from "../../messages/en/agents.ts";
import styles from "../../ui/detail.module.css";
import { ErrorText } from "../../ui/notice.tsx";
import { SaveActions } from "../../ui/save-actions.tsx";
import { useToast } from "../../ui/toast.tsx";
import { AgentFields, trimmed, type AgentValues } from "./agent-fields.tsx";

export function AgentProfile({ agent }: { agent: Agent }) {
  const queries = useQueryClient();
  const { notify } = useToast();
  const [values, setValues] = useState<AgentValues>(agent);
  const changed =
    values.name !== agent.name ||
    values.description !== agent.description ||
    values.model !== agent.model;

  const save = useMutation({
    mutationFn: () =>
      call(
        api.PATCH("/api/agents/{id}", {
          params: { path: { id: agent.id } },
          body: trimmed(values),
        }),
      ),
    onSuccess: async () => {
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
      {save.error && <ErrorText error={save.error} />}
      <SaveActions changed={changed} busy={save.isPending} />
    </form>
  );
}
