import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { ApiToken } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { ActionDialog, Dialog } from "../../ui/dialog.tsx";
import { SelectField, TextField } from "../../ui/field.tsx";
import { ErrorNotice, Loading } from "../../ui/notice.tsx";
import { When } from "../../ui/when.tsx";
import styles from "./settings.module.css";

const LIFETIMES = [
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "A year" },
  { value: "", label: "No end" },
];

type Step =
  { step: "create" } | { step: "created"; secret: string } | { step: "revoke"; token: ApiToken };

export function ApiTokens() {
  const [open, setOpen] = useState<Step | null>(null);
  const tokens = useQuery({
    queryKey: ["api-tokens"],
    queryFn: () => call(api.GET("/api/auth/tokens")),
  });
  const close = () => setOpen(null);

  return (
    <section aria-labelledby="tokens">
      <div className={styles.head}>
        <h2 id="tokens">API tokens</h2>
        <Button icon="key" onClick={() => setOpen({ step: "create" })}>
          New token
        </Button>
      </div>
      <p className={styles.note}>
        For programs that act in your name. Each can do what you can do.
      </p>
      {tokens.error && <ErrorNotice error={tokens.error} onRetry={() => void tokens.refetch()} />}
      {tokens.isPending && <Loading lines={2} />}
      {tokens.data && tokens.data.items.length > 0 && (
        <ul role="list" className={styles.list}>
          {tokens.data.items.map((token) => (
            <TokenEntry
              key={token.id}
              token={token}
              onRevoke={() => setOpen({ step: "revoke", token })}
            />
          ))}
        </ul>
      )}
      {open?.step === "create" && (
        <CreateToken onClose={close} onCreated={(secret) => setOpen({ step: "created", secret })} />
      )}
      {open?.step === "created" && <ShowSecret secret={open.secret} onClose={close} />}
      {open?.step === "revoke" && <RevokeToken token={open.token} onClose={close} />}
    </section>
  );
}

function TokenEntry({ token, onRevoke }: { token: ApiToken; onRevoke: () => void }) {
  return (
    <li className={styles.entry}>
      <div className={styles.what}>
        <strong>{token.name}</strong>
        <p>
          <code>{token.hint}</code>
          {" · "}
          {token.lastUsedAt ? (
            <>
              last used <When at={token.lastUsedAt} />
            </>
          ) : (
            "never used"
          )}
          {" · "}
          {token.expiresAt ? (
            <>
              ends <When at={token.expiresAt} />
            </>
          ) : (
            "no end"
          )}
        </p>
      </div>
      <Button small look="danger" aria-label={`Revoke ${token.name}`} onClick={onRevoke}>
        Revoke
      </Button>
    </li>
  );
}

interface CreateTokenProps {
  onClose: () => void;
  onCreated: (secret: string) => void;
}

function CreateToken({ onClose, onCreated }: CreateTokenProps) {
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [days, setDays] = useState("90");
  const create = async () => {
    const created = await call(
      api.POST("/api/auth/tokens", {
        body: { name: name.trim(), ...(days !== "" && { expiresInDays: Number(days) }) },
      }),
    );
    await queries.invalidateQueries({ queryKey: ["api-tokens"] });
    return created.token;
  };
  return (
    <ActionDialog
      title="New API token"
      action="Create token"
      onClose={onClose}
      onConfirm={create}
      onDone={onCreated}
    >
      <TextField
        label="Name"
        required
        maxLength={100}
        value={name}
        onText={setName}
        hint="Which program it is for."
      />
      <SelectField label="Valid for" value={days} onText={setDays} options={LIFETIMES} />
    </ActionDialog>
  );
}

function ShowSecret({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Dialog title="Your new token" onClose={onClose}>
      <div className={styles.sheet}>
        <p>Copy it now. It is kept only as a hash and cannot be shown again.</p>
        <div className={styles.secret}>
          <code>{secret}</code>
          <CopyButton text={secret} />
        </div>
        <div className={styles.done}>
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function RevokeToken({ token, onClose }: { token: ApiToken; onClose: () => void }) {
  const queries = useQueryClient();
  const revoke = async () => {
    await call(api.DELETE("/api/auth/tokens/{id}", { params: { path: { id: token.id } } }));
    await queries.invalidateQueries({ queryKey: ["api-tokens"] });
  };
  return (
    <ActionDialog
      title="Revoke token?"
      action="Revoke"
      look="danger"
      onClose={onClose}
      onConfirm={revoke}
    >
      <p>Programs that use &ldquo;{token.name}&rdquo; will be refused from now on.</p>
    </ActionDialog>
  );
}
