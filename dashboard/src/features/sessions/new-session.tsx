import { useRef, useState } from "react";
import { useLocation } from "wouter";
import { api, call } from "../../api/client.ts";
import type { Attachment } from "../../api/types.ts";
import { newLocalId } from "../../api/local-id.ts";
import { IconButton } from "../../ui/button.tsx";
import { SelectField } from "../../ui/field.tsx";
import { ErrorText } from "../../ui/notice.tsx";
import { useTitle } from "../../ui/title.tsx";
import { useAgentOptions, useAgents } from "../../entities/agent/use-agents.ts";
import { useCan } from "../../entities/user/auth.ts";
import { ModelPicker } from "../../entities/model/model-picker.tsx";
import { Composer } from "./composer.tsx";
import { NoModel } from "./no-model.tsx";
import styles from "./new-session.module.css";
import { sessions as t } from "../../messages/en/sessions.ts";

/** A session with a model of its own, for the first message to go into. */
async function begin(key: string, model: string, agentId: string | undefined) {
  const { id } = await call(
    api.POST("/api/sessions", {
      params: { header: { "Idempotency-Key": `${key}-session` } },
      body: { model, ...(agentId && { agentId }) },
    }),
  );
  return { sessionId: id };
}

export function NewSession() {
  const maySend = useCan("SendMessages");
  const agents = useAgents();
  const options = useAgentOptions();
  useTitle(t.new);
  const [, navigate] = useLocation();
  const [picked, setPicked] = useState<string | null>(null);
  const [model, setModel] = useState<string | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const attempt = useRef({ content: "", localId: "" });
  const standard = agents.data?.find(({ slug }) => slug === "sophon") ?? agents.data?.[0];
  const agentId = picked ?? standard?.id;
  const agent = agents.data?.find(({ id }) => id === agentId);

  const send = async (content: string, attachments: Attachment[] = [], asked = agentId) => {
    setFailure(null);
    // The same message sent again after a failure is applied once by the gateway.
    const same = JSON.stringify([content, attachments, asked, model]);
    if (attempt.current.content !== same)
      attempt.current = { content: same, localId: newLocalId() };
    const { localId } = attempt.current;
    try {
      const session = model === null ? {} : await begin(localId, model, asked);
      const { sessionId } = await call(
        api.POST("/api/chat", {
          params: { header: { "Idempotency-Key": localId } },
          body: {
            content,
            attachments,
            localId,
            isStreaming: true,
            ...(asked && { agentId: asked }),
            ...session,
          },
        }),
      );
      navigate(`/sessions/${sessionId}`);
    } catch (error) {
      setFailure(error);
      throw error;
    }
  };

  return (
    <div className={styles.page}>
      <div className={styles.back}>
        <IconButton icon="back" label={t.all} onClick={() => navigate("/")} />
      </div>
      <div className={styles.middle}>
        {maySend && <h2>{t.newTitle}</h2>}
        {maySend && agents.data !== undefined && agents.data.length > 1 && (
          <div className={styles.picker}>
            <SelectField
              label={t.with}
              value={agentId ?? ""}
              onText={setPicked}
              options={options}
            />
          </div>
        )}
        {maySend && <NoModel />}
        <Composer
          draftKey="new"
          placeholder={t.firstMessage}
          options={<ModelPicker model={model} preferred={agent?.model} onModel={setModel} />}
          onSend={send}
        />
        {(failure ?? agents.error) !== null && <ErrorText error={failure ?? agents.error} />}
        {maySend && (
          <ul role="list" className={styles.suggestions} aria-label={t.suggestions}>
            {t.suggestion.map((text) => (
              <li key={text}>
                <button type="button" onClick={() => void send(text).catch(() => undefined)}>
                  {text}
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
