import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { InfoRequest } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { ErrorText } from "../../ui/notice.tsx";
import { VisibleText } from "../../ui/visible-text.tsx";
import { useCan } from "../../entities/user/auth.ts";
import styles from "./prompt-card.module.css";
import { PromptFrame } from "./prompt-frame.tsx";
import type { Prompt } from "./inbox.ts";
import { useAnswer } from "./use-answer.ts";
import { prompts as t } from "../../messages/en/prompts.ts";

/** The longest answer that the gateway accepts (characters). */
const ANSWER_LENGTH = 10_000;

interface QuestionCardProps {
  question: InfoRequest;
  inSession: boolean;
}

export function QuestionCard({ question, inSession }: QuestionCardProps) {
  const canAnswer = useCan("SendMessages");
  return (
    <PromptFrame
      prompt={{ kind: "question", request: question }}
      title={t.question}
      inSession={inSession}
      actions={canAnswer && <Answers question={question} />}
    >
      <p className={styles.question}>
        <VisibleText text={question.question} />
      </p>
    </PromptFrame>
  );
}

const asPrompt = (request: InfoRequest): Prompt => ({ kind: "question", request });

function Answers({ question }: { question: InfoRequest }) {
  const [text, setText] = useState("");
  const { answer, busy, failure } = useAnswer();
  const path = { path: { id: question.id } };
  const respond = (response: string) =>
    answer(async () =>
      asPrompt(
        await call(
          api.POST("/api/info-requests/{id}/respond", { params: path, body: { response } }),
        ),
      ),
    );
  const cancel = () =>
    answer(async () =>
      asPrompt(await call(api.POST("/api/info-requests/{id}/cancel", { params: path }))),
    );

  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void respond(text.trim());
      }}
    >
      {question.choices.length > 0 && (
        <div className={styles.choices} role="group" aria-label={t.choices}>
          {question.choices.map((choice) => (
            <Button key={choice} disabled={busy} onClick={() => void respond(choice)}>
              <VisibleText text={choice} />
            </Button>
          ))}
        </div>
      )}
      <TextField
        label={question.choices.length > 0 ? t.ownAnswer : t.answer}
        required
        maxLength={ANSWER_LENGTH}
        value={text}
        onText={setText}
      />
      {failure !== null && <ErrorText error={failure} />}
      <div className={styles.actions}>
        <Button type="submit" variant="primary" busy={busy} disabled={text.trim() === ""}>
          {t.send}
        </Button>
        <Button disabled={busy} onClick={() => void cancel()}>
          {t.skip}
        </Button>
      </div>
    </form>
  );
}
