import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { NodeScope } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { Detail } from "../../ui/detail.tsx";
import styles from "../../ui/detail.module.css";
import { SelectField, TextField } from "../../ui/field.tsx";
import { ErrorText } from "../../ui/notice.tsx";
import { ALL_NODES } from "./all-nodes.ts";
import { PairingSecret } from "./pairing-secret.tsx";
import { PLATFORMS } from "./platforms.ts";
import { ScopePicker } from "./scope-picker.tsx";
import { useNodeRefresh } from "./use-nodes.ts";

/** What a new node may do unless one says otherwise: nothing that could do harm. */
const HARMLESS: NodeScope[] = ["system.info", "notify.send"];

export function NewNode() {
  const refresh = useNodeRefresh();
  const [name, setName] = useState("");
  const [platform, setPlatform] = useState("linux");
  const [scopes, setScopes] = useState(HARMLESS);
  const register = useMutation({
    mutationFn: () =>
      call(api.POST("/api/nodes", { body: { displayName: name.trim(), platform, scopes } })),
    onSuccess: () => {
      document.getElementById("main")?.scrollTo({ top: 0 });
      return refresh();
    },
  });

  return (
    <Detail title={register.data ? `Pair ${register.data.name}` : "New node"} back={ALL_NODES}>
      {register.data ? (
        <PairingSecret registered={register.data} onAnew={register.reset} />
      ) : (
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            register.mutate();
          }}
        >
          <TextField
            label="Name"
            required
            maxLength={200}
            autoFocus
            value={name}
            onText={setName}
            hint="What people and agents call the machine."
          />
          <SelectField label="System" value={platform} onText={setPlatform} options={PLATFORMS} />
          <ScopePicker scopes={scopes} onChange={setScopes} />
          {register.error && <ErrorText error={register.error} />}
          <div className={styles.actions}>
            <Button type="submit" look="primary" busy={register.isPending}>
              Register node
            </Button>
          </div>
        </form>
      )}
    </Detail>
  );
}
