import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { api, call } from "../../api/client.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { Detail } from "../../ui/detail.tsx";
import detail from "../../ui/detail.module.css";
import { Field, TextField } from "../../ui/field.tsx";
import { ErrorText } from "../../ui/notice.tsx";
import { allDiscussions } from "./all-discussions.ts";
import styles from "./discussions.module.css";
import { SpeakerField } from "./speaker-field.tsx";
import {
  MIN_PANELISTS,
  MAX_PANELISTS,
  PERSONA,
  problemOf,
  speakerOf,
  type SpeakerDraft,
} from "./speakers.ts";
import { discussions as t } from "../../messages/en/discussions.ts";

/** The limits of the gateway. */
const ROUNDS = { min: 1, max: 10 };
const TURN_SECONDS = { min: 5, max: 3_600 };

let lastKey = 0;
const newPersona = ({ name, persona } = { name: "", persona: "" }): SpeakerDraft => ({
  key: (lastKey += 1),
  agentId: PERSONA,
  name,
  persona,
});

export function NewDiscussion() {
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const [topic, setTopic] = useState("");
  const [panelists, setPanelists] = useState(() => [
    newPersona(t.defaultPanel.for),
    newPersona(t.defaultPanel.against),
  ]);
  const [judge, setJudge] = useState(() => newPersona(t.defaultPanel.judge));
  const [rounds, setRounds] = useState("2");
  const [timeout, setTimeout] = useState("180");
  const problem = problemOf(panelists);

  const create = useMutation({
    mutationFn: () =>
      call(
        api.POST("/api/discussions", {
          body: {
            topic: topic.trim(),
            panelists: panelists.map(speakerOf),
            judge: speakerOf(judge),
            rounds: Number(rounds),
            roundTimeoutSeconds: Number(timeout),
          },
        }),
      ),
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: ["discussions"] });
      navigate(`/discussions/${id}`);
    },
  });
  const replace = (speaker: SpeakerDraft) =>
    setPanelists(panelists.map((other) => (other.key === speaker.key ? speaker : other)));

  return (
    <Detail title={t.new} back={allDiscussions()}>
      <form
        className={detail.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (problem === null) create.mutate();
        }}
      >
        <Field label={t.topic} hint={t.topicHint}>
          {(control) => (
            <textarea
              {...control}
              rows={2}
              required
              autoFocus
              value={topic}
              onChange={(event) => setTopic(event.target.value)}
            />
          )}
        </Field>
        <ol role="list" className={styles.panel} aria-label={t.panel}>
          {panelists.map((speaker, index) => (
            <li key={speaker.key}>
              <SpeakerField label={t.panelist(index + 1)} speaker={speaker} onChange={replace} />
              {panelists.length > MIN_PANELISTS && (
                <IconButton
                  small
                  icon="close"
                  className={styles.remove}
                  label={t.removePanelist(index + 1)}
                  onClick={() =>
                    setPanelists(panelists.filter((other) => other.key !== speaker.key))
                  }
                />
              )}
            </li>
          ))}
        </ol>
        {panelists.length < MAX_PANELISTS && (
          <div>
            <Button icon="plus" onClick={() => setPanelists([...panelists, newPersona()])}>
              {t.addPanelist}
            </Button>
          </div>
        )}
        <SpeakerField label={t.judge} speaker={judge} onChange={setJudge} />
        <div className={styles.pair}>
          <NumberField label={t.roundsLabel} {...ROUNDS} value={rounds} onText={setRounds} />
          <NumberField
            label={t.turnSeconds}
            {...TURN_SECONDS}
            value={timeout}
            onText={setTimeout}
          />
        </div>
        {problem !== null && <p className={detail.wrong}>{problem}</p>}
        {create.error && <ErrorText error={create.error} />}
        <div className={detail.actions}>
          <Button
            type="submit"
            variant="primary"
            busy={create.isPending}
            disabled={problem !== null}
          >
            {t.create}
          </Button>
        </div>
      </form>
    </Detail>
  );
}

interface NumberFieldProps {
  label: string;
  min: number;
  max: number;
  value: string;
  onText: (text: string) => void;
}

function NumberField(props: NumberFieldProps) {
  return <TextField type="number" required {...props} />;
}
