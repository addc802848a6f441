/** Which model answers in a session, or only the next message. */
import { useQueryClient } from "@tanstack/react-query";
import { api, call } from "../../api/client.ts";
import type { Session } from "../../api/types.ts";
import { useAgents } from "../../entities/agent/use-agents.ts";
import { ModelPicker } from "../../entities/model/model-picker.tsx";
import { useModels } from "../../entities/model/models.ts";
import { useToast } from "../../ui/toast.tsx";
import styles from "./session-model.module.css";
import { sessions as t } from "../../messages/en/sessions.ts";

/** A choice for the next message. A model of null is the session's. */
export interface Once {
  model: string | null;
}

interface SessionModelProps {
  session: Session;
  /** Null while a choice is for the session. */
  once: Once | null;
  onOnce: (once: Once | null) => void;
}

/** A choice counts for the next answers, not for those in progress. */
export function SessionModel({ session, once, onOnce }: SessionModelProps) {
  const queries = useQueryClient();
  const { attempt } = useToast();
  const agents = useAgents();
  const { data: models = [] } = useModels();
  const agent = agents.data?.find(({ id }) => id === session.agentId);
  const params = { path: { id: session.id } };

  const choose = (model: string | null) =>
    attempt(async () => {
      const changed = await call(api.PATCH("/api/sessions/{id}", { params, body: { model } }));
      queries.setQueryData(["session", session.id], changed);
    });

  return (
    <div className={styles.model}>
      <ModelPicker
        model={once === null ? session.model : once.model}
        preferred={once === null ? agent?.model : (session.model ?? agent?.model)}
        onModel={(model) => (once === null ? void choose(model) : onOnce({ model }))}
      />
      {models.length > 1 && (
        <label>
          <input
            type="checkbox"
            checked={once !== null}
            onChange={({ target }) => onOnce(target.checked ? { model: session.model } : null)}
          />
          {t.model.once}
        </label>
      )}
    </div>
  );
}
