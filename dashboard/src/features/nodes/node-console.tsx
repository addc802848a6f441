import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { anyObject, api, call } from "../../api/client.ts";
import type { Node, NodeCommandName } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import detail from "../../ui/detail.module.css";
import { SelectField } from "../../ui/field.tsx";
import { ErrorNotice, ErrorText, Loading } from "../../ui/notice.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import { ParamsField } from "../approvals/params-field.tsx";
import { parseParams } from "../approvals/params-text.ts";
import { CommandEntry } from "./command-entry.tsx";
import styles from "./nodes.module.css";
import { commandsOf } from "./scopes.ts";
import { useCommands } from "./use-commands.ts";

const TIMEOUTS = [
  { value: "10000", label: "10 seconds" },
  { value: "30000", label: "30 seconds" },
  { value: "120000", label: "2 minutes" },
  { value: "600000", label: "10 minutes" },
];

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

/** How the parameters look of the commands that need some. */
const EXAMPLES: Partial<Record<NodeCommandName, object>> = {
  "system.execute": { argv: ["uname", "-a"] },
  "notify.show": { title: "Hello", body: "From Sophon" },
  "clipboard.write": { text: "Hello" },
};

function example(command: NodeCommandName | undefined): string {
  return JSON.stringify((command && EXAMPLES[command]) ?? {}, null, 2);
}

function CommandForm({ node }: { node: Node }) {
  const queries = useQueryClient();
  const commands = commandsOf(node.scopes);
  const [picked, setPicked] = useState("");
  const [written, setWritten] = useState<string | null>(null);
  const [timeout, setTimeout] = useState("30000");
  const command = commands.find((name) => name === picked) ?? commands[0];
  const text = written ?? example(command);
  const parsed = parseParams(text);
  const send = useMutation({
    mutationFn: ({ command, params }: Wanted) =>
      call(
        api.POST("/api/nodes/{id}/command", {
          params: { path: { id: node.id } },
          body: { command, params: anyObject(params), timeoutMs: Number(timeout) },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ["node-commands", node.id] }),
  });

  if (command === undefined) {
    return (
      <p className={detail.note}>
        This node has no scopes, so there is nothing to tell it. Give it some in
        &ldquo;Scopes&rdquo;.
      </p>
    );
  }
  return (
    <form
      className={detail.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (parsed.ok) send.mutate({ command, params: parsed.params });
      }}
    >
      <div className={styles.pair}>
        <SelectField
          label="Command"
          value={command}
          onText={setPicked}
          options={commands.map((name) => ({ value: name, label: name }))}
        />
        <SelectField label="Wait for" value={timeout} onText={setTimeout} options={TIMEOUTS} />
      </div>
      <ParamsField
        label="Parameters"
        hint="A JSON object."
        rows={4}
        text={text}
        parsed={parsed}
        onText={setWritten}
      />
      {send.error && <ErrorText error={send.error} />}
      <div className={detail.actions}>
        <Button
          type="submit"
          look="primary"
          icon="send"
          busy={send.isPending}
          disabled={!parsed.ok || !node.online}
        >
          Send
        </Button>
        {!node.online && (
          <span className={detail.note}>
            The node is offline. <code>sophon-node start</code> on the machine connects it.
          </span>
        )}
      </div>
      {send.data && <CommandEntry command={send.data} open />}
    </form>
  );
}

function CommandHistory({ nodeId }: { nodeId: string }) {
  const commands = useCommands(nodeId);
  return (
    <section aria-labelledby="commands">
      <h3 id="commands">Commands so far</h3>
      {commands.error && (
        <ErrorNotice error={commands.error} onRetry={() => void commands.refetch()} />
      )}
      {commands.isPending && <Loading lines={3} label="Loading commands" />}
      {commands.data?.length === 0 && <p className={detail.note}>None yet.</p>}
      <ul role="list" aria-label="Commands so far">
        {commands.data?.map((command) => (
          <li key={command.commandId}>
            <CommandEntry command={command} />
          </li>
        ))}
      </ul>
      <ShowMore list={commands} label="Show older commands" />
    </section>
  );
}
