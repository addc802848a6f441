import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { api, call } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { Detail } from "../../ui/detail.tsx";
import styles from "../../ui/detail.module.css";
import { Field, TextField } from "../../ui/field.tsx";
import { ErrorText } from "../../ui/notice.tsx";
import { ALL_AGENTS } from "./all-agents.ts";
import { ModelField } from "./model-field.tsx";

export function NewAgent() {
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [soul, setSoul] = useState("");
  const [model, setModel] = useState<string | null>(null);

  const create = useMutation({
    mutationFn: () =>
      call(
        api.POST("/api/agents", {
          body: {
            name: name.trim(),
            description: description.trim(),
            model,
            ...(soul !== "" && { soul }),
          },
        }),
      ),
    onSuccess: async (agent) => {
      await queries.invalidateQueries({ queryKey: ["agents"] });
      navigate(`/agents/${agent.id}`);
    },
  });

  return (
    <Detail title="New agent" back={ALL_AGENTS}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <TextField label="Name" required maxLength={100} autoFocus value={name} onText={setName} />
        <TextField
          label="Description"
          maxLength={500}
          value={description}
          onText={setDescription}
          hint="What it is for, in a line."
        />
        <ModelField model={model} onModel={setModel} />
        <Field label="Soul" hint="Who it is. Its other files and its tools come after.">
          {(control) => (
            <textarea
              {...control}
              rows={6}
              value={soul}
              onChange={(event) => setSoul(event.target.value)}
            />
          )}
        </Field>
        {create.error && <ErrorText error={create.error} />}
        <div className={styles.actions}>
          <Button type="submit" look="primary" busy={create.isPending}>
            Create agent
          </Button>
        </div>
      </form>
    </Detail>
  );
}
