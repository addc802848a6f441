import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { ApiToken } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { Copyable } from "../../ui/copyable.tsx";
import { ActionDialog, Dialog } from "../../ui/dialog.tsx";
import { ErrorNotice, Loading } from "../../ui/notice.tsx";
import { Rich } from "../../ui/rich.tsx";
import { Entries, Entry, Section } from "../../ui/section.tsx";
import { Timestamp } from "../../ui/timestamp.tsx";
import { NewToken } from "./new-token.tsx";
import styles from "./settings.module.css";
import { common } from "../../messages/en/common.ts";
import { settings as t } from "../../messages/en/settings.ts";

type Step =
  { step: "create" } | { step: "created"; secret: string } | { step: "revoke"; token: ApiToken };

export function ApiTokens() {
  const [open, setOpen] = useState<Step | null>(null);
  const tokens = useQuery({
    queryKey: ["api-tokens"],
    queryFn: () => call(api.GET("/api/auth/tokens", { params: { query: { limit: 200 } } })),
  });
  const close = () => setOpen(null);

  return (
    <Section
      title={t.tokens}
      note={t.tokensAbout}
      action={
        <Button icon="key" onClick={() => setOpen({ step: "create" })}>
          {t.newToken}
        </Button>
      }
    >
      {tokens.error && <ErrorNotice error={tokens.error} onRetry={() => void tokens.refetch()} />}
      {tokens.isPending && <Loading lines={2} />}
      {tokens.data && tokens.data.items.length > 0 && (
        <Entries>
          {tokens.data.items.map((token) => (
            <TokenEntry
              key={token.id}
              token={token}
              onRevoke={() => setOpen({ step: "revoke", token })}
            />
          ))}
        </Entries>
      )}
      {open?.step === "create" && (
        <NewToken onClose={close} onCreated={(secret) => setOpen({ step: "created", secret })} />
      )}
      {open?.step === "created" && <ShowSecret secret={open.secret} onClose={close} />}
      {open?.step === "revoke" && <RevokeToken token={open.token} onClose={close} />}
    </Section>
  );
}

function TokenEntry({ token, onRevoke }: { token: ApiToken; onRevoke: () => void }) {
  return (
    <Entry
      title={token.name}
      actions={
        <Button small variant="danger" aria-label={t.revokeToken(token.name)} onClick={onRevoke}>
          {t.revoke}
        </Button>
      }
    >
      <p>
        <code>{token.hint}</code>
        {common.separator}
        {token.lastUsedAt ? (
          <Rich text={t.lastUsed} parts={{ time: <Timestamp at={token.lastUsedAt} /> }} />
        ) : (
          t.neverUsed
        )}
        {common.separator}
        {token.expiresAt ? (
          <Rich text={t.expires} parts={{ time: <Timestamp at={token.expiresAt} /> }} />
        ) : (
          t.neverExpires
        )}
      </p>
      <p>{may(token)}</p>
    </Entry>
  );
}

/** What a token may do. */
function may({ permissions }: ApiToken): string {
  if (permissions === null) return t.mayAll;
  return permissions.length === 0 ? t.mayRead : t.may(permissions.join(", "));
}

function ShowSecret({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Dialog title={t.yourToken} onClose={onClose}>
      <div className={styles.sheet}>
        <p>{t.copyToken}</p>
        <Copyable text={secret} />
        <div className={styles.done}>
          <Button variant="primary" onClick={onClose}>
            {common.done}
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
      title={t.revokeTitle}
      action={t.revoke}
      variant="danger"
      onClose={onClose}
      onConfirm={revoke}
    >
      <p>{t.revokeAbout(token.name)}</p>
    </ActionDialog>
  );
}
