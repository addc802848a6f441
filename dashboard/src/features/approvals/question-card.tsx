import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { InfoRequest } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { ErrorText } from "../../ui/notice.tsx";
import { VisibleText } from "../../ui/visible-text.tsx";
import { useMay } from "../auth/auth.tsx";
import styles from "./ask-card.module.css";
import { AskFrame } from "./ask-frame.tsx";
import type { Ask } from "./inbox.ts";
import { useAnswer } from "./use-answer.ts";

/** The most that the gateway takes as an answer. */
const ANSWER_LENGTH = 10_000;

interface QuestionCardProps {
  question: InfoRequest;
  inSession: boolean;
}

export function QuestionCard({ question, inSession }: QuestionCardProps) {
  const mayAnswer = useMay("SendMessages");
  return (
    <AskFrame
      ask={{ kind: "question", asked: question }}
      title="A question"
      inSession={inSession}
      actions={mayAnswer && <Answers question={question} />}
    >
      <p className={styles.question}>
        <VisibleText text={question.question} />
      </p>
    </AskFrame>
  );
}

const asAsk = (asked: InfoRequest): Ask => ({ kind: "question", asked });

function Answers({ question }: { question: InfoRequest }) {
  const [text, setText] = useState("");
  const { answer, busy, failure } = useAnswer();
  const path = { path: { id: question.id } };
  const respond = (response: string) =>
    answer(async () =>
      asAsk(
        await call(
          api.POST("/api/info-requests/{id}/respond", { params: path, body: { response } }),
        ),
      ),
    );
  const cancel = () =>
    answer(async () =>
      asAsk(await call(api.POST("/api/info-requests/{id}/cancel", { params: path }))),
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
        <div className={styles.choices} role="group" aria-label="Choices">
          {question.choices.map((choice) => (
            <Button key={choice} disabled={busy} onClick={() => void respond(choice)}>
              <VisibleText text={choice} />
            </Button>
          ))}
        </div>
      )}
      <TextField
        label={question.choices.length > 0 ? "Or in your own words" : "Your answer"}
        required
        maxLength={ANSWER_LENGTH}
        value={text}
        onText={setText}
      />
      {failure !== null && <ErrorText error={failure} />}
      <div className={styles.actions}>
        <Button type="submit" look="primary" busy={busy} disabled={text.trim() === ""}>
          Answer
        </Button>
        <Button disabled={busy} onClick={() => void cancel()}>
          Leave it open
        </Button>
      </div>
    </form>
  );
}
