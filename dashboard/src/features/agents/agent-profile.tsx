import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { Agent } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import styles from "../../ui/detail.module.css";
import { TextField } from "../../ui/field.tsx";
import { ErrorText } from "../../ui/notice.tsx";
import { useToast } from "../../ui/toast.tsx";
import { ModelField } from "./model-field.tsx";

export function AgentProfile({ agent }: { agent: Agent }) {
  const queries = useQueryClient();
  const { say } = useToast();
  const [name, setName] = useState(agent.name);
  const [description, setDescription] = useState(agent.description);
  const [model, setModel] = useState(agent.model);
  const changed = name !== agent.name || description !== agent.description || model !== agent.model;

  const save = useMutation({
    mutationFn: () =>
      call(
        api.PATCH("/api/agents/{id}", {
          params: { path: { id: agent.id } },
          body: { name: name.trim(), description: description.trim(), model },
        }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["agents"] });
      say("Agent saved");
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
      <TextField label="Name" required maxLength={100} value={name} onText={setName} />
      <TextField
        label="Description"
        maxLength={500}
        value={description}
        onText={setDescription}
        hint="What it is for, in a line."
      />
      <ModelField model={model} onModel={setModel} />
      {save.error && <ErrorText error={save.error} />}
      <div className={styles.actions}>
        <Button type="submit" look="primary" disabled={!changed} busy={save.isPending}>
          Save
        </Button>
        {changed && <span className={styles.note}>Not saved yet</span>}
      </div>
    </form>
  );
}
