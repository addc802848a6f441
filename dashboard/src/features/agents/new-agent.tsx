import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { api, call } from "../../api/client.ts";
import { agents as t } from "../../messages/en/agents.ts";
import { Button } from "../../ui/button.tsx";
import { Detail } from "../../ui/detail.tsx";
import styles from "../../ui/detail.module.css";
import { Field } from "../../ui/field.tsx";
import { ErrorText } from "../../ui/notice.tsx";
import { AgentFields, trimmed } from "./agent-fields.tsx";
import { allAgents } from "./all-agents.ts";

export function NewAgent() {
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const [values, setValues] = useState({ name: "", description: "", model: null as string | null });
  const [soul, setSoul] = useState("");

  const create = useMutation({
    mutationFn: () =>
      call(api.POST("/api/agents", { body: { ...trimmed(values), ...(soul !== "" && { soul }) } })),
    onSuccess: async (agent) => {
      await queries.invalidateQueries({ queryKey: ["agents"] });
      navigate(`/agents/${agent.id}`);
    },
  });

  return (
    <Detail title={t.new} back={allAgents()}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <AgentFields autoFocus values={values} onChange={setValues} />
        <Field label={t.tabs.soul} hint={t.soulHint}>
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
          <Button type="submit" variant="primary" busy={create.isPending}>
            {t.create}
          </Button>
        </div>
      </form>
    </Detail>
  );
}
