/** A small chat beside the settings of an agent, to try them out. */
import { useState } from "react";
import { describe } from "../../api/client.ts";
import type { Agent } from "../../api/types.ts";
import { PromptCard } from "../../entities/prompt/prompt-card.tsx";
import { useSessionPrompts } from "../../entities/prompt/use-session-prompts.ts";
import { AgentStatus } from "../../entities/session/agent-status.tsx";
import { activeRun, type SessionState } from "../../entities/session/session-state.ts";
import { ToolCalls } from "../../entities/task/tool-calls.tsx";
import { Button, IconButton } from "../../ui/button.tsx";
import { Markdown } from "../../ui/markdown/markdown.tsx";
import { useToast } from "../../ui/toast.tsx";
import styles from "./trial.module.css";
import { useTrial } from "./use-trial.ts";
import { agents as t } from "../../messages/en/agents.ts";
import { common } from "../../messages/en/common.ts";
import { sessions } from "../../messages/en/sessions.ts";

interface TrialProps {
  agent: Agent;
  onClose: () => void;
}

export function Trial({ agent, onClose }: TrialProps) {
  // Another conversation is another one from the beginning.
  const [round, setRound] = useState(0);
  return (
    <aside className={styles.trial} aria-label={t.tryIt}>
      <header>
        <h3>{t.tryIt}</h3>
        <IconButton small icon="again" label={t.startOver} onClick={() => setRound(round + 1)} />
        <IconButton small icon="close" label={common.close} onClick={onClose} />
      </header>
      <Conversation key={round} agent={agent} />
    </aside>
  );
}

function Conversation({ agent }: { agent: Agent }) {
  const { id, state, send, stop } = useTrial(agent.id, agent.name);
  const { alert, attempt } = useToast();
  const [text, setText] = useState("");
  const run = activeRun(state);
  const prompts = useSessionPrompts(id ?? "", run);
  const ready = text.trim() !== "" && run === undefined;

  const submit = () => {
    if (!ready) return;
    setText("");
    send(text.trim()).catch((error: unknown) => {
      setText(text);
      alert(t.tryIt, describe(error).message);
    });
  };
  return (
    <>
      <div className={styles.said} tabIndex={0} role="log" aria-label={t.tryIt}>
        {id === null && <p className={styles.about}>{t.trialAbout}</p>}
        <Turns state={state} agentName={agent.name} />
        {run && <AgentStatus run={run} prompts={prompts} agentName={agent.name} />}
        {prompts.map((prompt) => (
          <PromptCard key={prompt.request.id} prompt={prompt} inSession />
        ))}
      </div>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <textarea
          rows={2}
          dir="auto"
          aria-label={sessions.message}
          placeholder={t.trialMessage}
          value={text}
          onChange={({ target }) => setText(target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            submit();
          }}
        />
        {run ? (
          <Button icon="stop" onClick={() => void attempt(() => stop(run.taskId))}>
            {sessions.stop}
          </Button>
        ) : (
          <Button type="submit" variant="primary" icon="send" disabled={!ready}>
            {sessions.send}
          </Button>
        )}
      </form>
    </>
  );
}

function Turns({ state, agentName }: { state: SessionState; agentName: string }) {
  const runs = new Map(state.runs.map((run) => [run.messageId, run]));
  const failures = Object.entries(state.outcomes).filter(([, { kind }]) => kind === "failed");
  return (
    <>
      {state.messages.map((message) => {
        const run = runs.get(message.messageId);
        const calls = run?.tools ?? message.toolCalls;
        return (
          <article key={message.messageId} data-role={message.role}>
            <h4>{message.role === "agent" ? agentName : t.you}</h4>
            {calls.length > 0 && <ToolCalls calls={calls} taskId={message.taskId} />}
            {message.role === "agent" ? (
              <Markdown text={run?.text ?? message.content} />
            ) : (
              <p dir="auto">{message.content}</p>
            )}
          </article>
        );
      })}
      {state.outgoing.map(({ localId, content }) => (
        <article key={localId} data-role="user">
          <h4>{t.you}</h4>
          <p dir="auto">{content}</p>
        </article>
      ))}
      {failures.map(([taskId, { reason }]) => (
        <p key={taskId} role="alert" className={styles.failed}>
          {reason ?? common.status.failed}
        </p>
      ))}
    </>
  );
}
