import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { anyObject, api, call } from "../../api/client.ts";
import type { Node, NodeCommandName } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import detail from "../../ui/detail.module.css";
import { SelectField } from "../../ui/field.tsx";
import { ErrorNotice, ErrorText, Loading } from "../../ui/notice.tsx";
import { Rich } from "../../ui/rich.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import { JsonField } from "../../ui/json-field.tsx";
import { parseJsonObject } from "../../ui/json-object.ts";
import { CommandEntry } from "./command-entry.tsx";
import styles from "./nodes.module.css";
import { commandsOf } from "./scopes.ts";
import { useCommands } from "./use-commands.ts";
import { nodes as t } from "../../messages/en/nodes.ts";

/** The timeouts on offer, in seconds. */
const TIMEOUTS = [10, 30, 120, 600];

const timeoutLabel = (seconds: number) =>
  seconds < 60 ? t.seconds(seconds) : t.minutes(seconds / 60);

export function NodeConsole({ node }: { node: Node }) {
  return (
    <div className={styles.console}>
      <CommandForm node={node} />
      <CommandHistory nodeId={node.id} />
    </div>
  );
}

interface Wanted {
  command: NodeCommandName;
  params: Record<string, unknown>;
}

/** Examples for the commands that need parameters. */
const examples = (): Partial<Record<NodeCommandName, object>> => ({
  "system.execute": { argv: ["uname", "-a"] },
  "notify.show": { title: t.exampleTitle, body: t.exampleText },
  "clipboard.write": { text: t.exampleText },
});

function example(command: NodeCommandName | undefined): string {
  return JSON.stringify((command && examples()[command]) ?? {}, null, 2);
}

function CommandForm({ node }: { node: Node }) {
  const queries = useQueryClient();
  const commands = commandsOf(node.scopes);
  const [picked, setPicked] = useState("");
  const [written, setWritten] = useState<string | null>(null);
  const [timeout, setTimeout] = useState("30");
  const command = commands.find((name) => name === picked) ?? commands[0];
  const text = written ?? example(command);
  const parsed = parseJsonObject(text);
  const send = useMutation({
    mutationFn: ({ command, params }: Wanted) =>
      call(
        api.POST("/api/nodes/{id}/command", {
          params: { path: { id: node.id } },
          body: { command, params: anyObject(params), timeoutMs: Number(timeout) * 1_000 },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ["node-commands", node.id] }),
  });

  if (command === undefined) {
    return <p className={detail.note}>{t.noScopes}</p>;
  }
  return (
    <form
      className={detail.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (parsed.ok) send.mutate({ command, params: parsed.value });
      }}
    >
      <div className={styles.pair}>
        <SelectField
          label={t.command}
          value={command}
          onText={setPicked}
          options={commands.map((name) => ({ value: name, label: name }))}
        />
        <SelectField
          label={t.timeout}
          value={timeout}
          onText={setTimeout}
          options={TIMEOUTS.map((seconds) => ({
            value: String(seconds),
            label: timeoutLabel(seconds),
          }))}
        />
      </div>
      <JsonField
        label={t.parameters}
        hint={t.parametersHint}
        rows={4}
        text={text}
        parsed={parsed}
        onText={setWritten}
      />
      {send.error && <ErrorText error={send.error} />}
      <div className={detail.actions}>
        <Button
          type="submit"
          variant="primary"
          icon="send"
          busy={send.isPending}
          disabled={!parsed.ok || !node.online}
        >
          {t.send}
        </Button>
        {!node.online && (
          <span className={detail.note}>
            <Rich text={t.offlineHint} />
          </span>
        )}
      </div>
      {send.data && <CommandEntry key={send.data.commandId} command={send.data} open />}
    </form>
  );
}

function CommandHistory({ nodeId }: { nodeId: string }) {
  const commands = useCommands(nodeId);
  return (
    <section aria-labelledby="commands">
      <h3 id="commands">{t.history}</h3>
      {commands.error && (
        <ErrorNotice error={commands.error} onRetry={() => void commands.refetch()} />
      )}
      {commands.isPending && <Loading lines={3} label={t.loadingCommands} />}
      {commands.data?.length === 0 && <p className={detail.note}>{t.noneYet}</p>}
      <ul role="list" aria-label={t.history}>
        {commands.data?.map((command) => (
          <li key={command.commandId}>
            <CommandEntry command={command} />
          </li>
        ))}
      </ul>
      <ShowMore list={commands} label={t.olderCommands} />
    </section>
  );
}
