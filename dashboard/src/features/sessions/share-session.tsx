/** Sharing a session with people of the tenant, and with everybody who has its link. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { Session } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { Copyable } from "../../ui/copyable.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { ErrorText } from "../../ui/notice.tsx";
import { publicAddress } from "./public-address.ts";
import { SharePeople } from "./share-people.tsx";
import styles from "./share-session.module.css";
import { sharing as t } from "../../messages/en/sharing.ts";

interface ShareSessionProps {
  session: Session;
  onClose: () => void;
}

export function ShareSession({ session, onClose }: ShareSessionProps) {
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const isPublic = session.visibility === "public";

  const set = async (visibility: Session["visibility"]) => {
    setBusy(true);
    setFailure(null);
    try {
      const params = { path: { id: session.id } };
      const changed = await call(api.PATCH("/api/sessions/{id}", { params, body: { visibility } }));
      queries.setQueryData(["session", session.id], changed);
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog title={t.title} onClose={onClose}>
      <div className={styles.share}>
        <SharePeople session={session} />
        <section className={styles.link} aria-label={t.link}>
          <h3>{t.link}</h3>
          <p>{isPublic ? t.isPublic : t.isPrivate}</p>
          {isPublic && <Copyable text={publicAddress(session.id)} />}
          <p className={styles.about}>{t.readers}</p>
          {failure !== null && <ErrorText error={failure} />}
          <div>
            {isPublic ? (
              <Button variant="danger" busy={busy} onClick={() => void set("private")}>
                {t.stop}
              </Button>
            ) : (
              <Button variant="primary" busy={busy} onClick={() => void set("public")}>
                {t.create}
              </Button>
            )}
          </div>
        </section>
      </div>
    </Dialog>
  );
}
