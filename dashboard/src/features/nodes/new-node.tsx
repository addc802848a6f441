import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { NodeScope } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { Detail } from "../../ui/detail.tsx";
import styles from "../../ui/detail.module.css";
import { SelectField, TextField } from "../../ui/field.tsx";
import { ErrorText } from "../../ui/notice.tsx";
import { allNodes } from "./all-nodes.ts";
import { PairingSecret } from "./pairing-secret.tsx";
import { PLATFORMS } from "./platforms.ts";
import { ScopePicker } from "./scope-picker.tsx";
import { useNodeRefresh } from "./use-nodes.ts";
import { common } from "../../messages/en/common.ts";
import { nodes as t } from "../../messages/en/nodes.ts";

/** The scopes of a new node unless the user changes them: none of them can do harm. */
const DEFAULT_SCOPES: NodeScope[] = ["system.info", "notify.send"];

export function NewNode() {
  const refresh = useNodeRefresh();
  const [name, setName] = useState("");
  const [platform, setPlatform] = useState("linux");
  const [scopes, setScopes] = useState(DEFAULT_SCOPES);
  const register = useMutation({
    mutationFn: () =>
      call(api.POST("/api/nodes", { body: { displayName: name.trim(), platform, scopes } })),
    onSuccess: () => {
      document.getElementById("main")?.scrollTo({ top: 0 });
      return refresh();
    },
  });

  return (
    <Detail title={register.data ? t.pairTitle(register.data.name) : t.new} back={allNodes()}>
      {register.data ? (
        <PairingSecret registered={register.data} onRestart={register.reset} />
      ) : (
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            register.mutate();
          }}
        >
          <TextField
            label={common.name}
            required
            maxLength={200}
            autoFocus
            value={name}
            onText={setName}
            hint={t.nameHint}
          />
          <SelectField label={t.system} value={platform} onText={setPlatform} options={PLATFORMS} />
          <ScopePicker scopes={scopes} onChange={setScopes} />
          {register.error && <ErrorText error={register.error} />}
          <div className={styles.actions}>
            <Button type="submit" variant="primary" busy={register.isPending}>
              {t.register}
            </Button>
          </div>
        </form>
      )}
    </Detail>
  );
}
