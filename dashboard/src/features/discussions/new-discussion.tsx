import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { api, call } from "../../api/client.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { Detail } from "../../ui/detail.tsx";
import detail from "../../ui/detail.module.css";
import { Field, TextField } from "../../ui/field.tsx";
import { ErrorText } from "../../ui/notice.tsx";
import { ALL_DISCUSSIONS } from "./all-discussions.ts";
import styles from "./discussions.module.css";
import { SpeakerField } from "./speaker-field.tsx";
import { FEWEST, MOST, PERSONA, problemOf, speakerOf, type SpeakerDraft } from "./speakers.ts";

let lastKey = 0;
const somebody = (name = "", persona = ""): SpeakerDraft => ({
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
    somebody("For", "Argues for it, with the strongest honest reasons."),
    somebody("Against", "Argues against it, with the strongest honest reasons."),
  ]);
  const [judge, setJudge] = useState(() => somebody("Judge", "Weighs the arguments and decides."));
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
    <Detail title="New discussion" back={ALL_DISCUSSIONS}>
      <form
        className={detail.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (problem === null) create.mutate();
        }}
      >
        <Field label="Topic" hint="The question that they argue about.">
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
        <ol role="list" className={styles.panel} aria-label="Panel">
          {panelists.map((speaker, index) => (
            <li key={speaker.key}>
              <SpeakerField label={`Panelist ${index + 1}`} speaker={speaker} onChange={replace} />
              {panelists.length > FEWEST && (
                <IconButton
                  small
                  icon="close"
                  className={styles.remove}
                  label={`Remove panelist ${index + 1}`}
                  onClick={() =>
                    setPanelists(panelists.filter((other) => other.key !== speaker.key))
                  }
                />
              )}
            </li>
          ))}
        </ol>
        {panelists.length < MOST && (
          <div>
            <Button icon="plus" onClick={() => setPanelists([...panelists, somebody()])}>
              Add a panelist
            </Button>
          </div>
        )}
        <SpeakerField label="Judge" speaker={judge} onChange={setJudge} />
        <div className={styles.pair}>
          <TextField
            label="Rounds"
            type="number"
            min={1}
            max={10}
            required
            value={rounds}
            onText={setRounds}
          />
          <TextField
            label="Seconds for a turn"
            type="number"
            min={5}
            max={3600}
            required
            value={timeout}
            onText={setTimeout}
          />
        </div>
        {problem !== null && <p className={detail.wrong}>{problem}</p>}
        {create.error && <ErrorText error={create.error} />}
        <div className={detail.actions}>
          <Button type="submit" look="primary" busy={create.isPending} disabled={problem !== null}>
            Create discussion
          </Button>
        </div>
      </form>
    </Detail>
  );
}
