import { useRef, useState } from "react";
import { anyObject, api, call } from "../../api/client.ts";
import type { ApprovalRequest } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { ErrorText } from "../../ui/notice.tsx";
import { Risk } from "../../ui/risk.tsx";
import { VisibleText } from "../../ui/visible-text.tsx";
import { useMay } from "../auth/auth.tsx";
import { Arguments } from "./arguments.tsx";
import styles from "./ask-card.module.css";
import { AskFrame } from "./ask-frame.tsx";
import { EditParams } from "./edit-params.tsx";
import type { Ask } from "./inbox.ts";
import { useAnswer } from "./use-answer.ts";

/** The most that the gateway takes as a reason. */
const REASON_LENGTH = 2_000;

interface ApprovalCardProps {
  approval: ApprovalRequest;
  inSession: boolean;
}

export function ApprovalCard({ approval, inSession }: ApprovalCardProps) {
  const mayAnswer = useMay("ApproveActions");
  const { toolName, riskLevel, preview, params, modifiedParams } = approval;
  return (
    <AskFrame
      ask={{ kind: "action", asked: approval }}
      title={
        <>
          Use <code>{toolName}</code>
        </>
      }
      mark={<Risk level={riskLevel} />}
      inSession={inSession}
      actions={
        mayAnswer ? (
          <Answers approval={approval} />
        ) : (
          <p className={styles.about}>Someone with the right to approve actions has to answer.</p>
        )
      }
    >
      {preview !== null && (
        <p className={styles.preview}>
          <VisibleText text={preview} />
        </p>
      )}
      <Arguments label={`Arguments for ${toolName}`} params={params} />
      {modifiedParams !== null && (
        <>
          <p className={styles.about}>Changed to</p>
          <Arguments label={`Changed arguments for ${toolName}`} params={modifiedParams} />
        </>
      )}
    </AskFrame>
  );
}

const asAsk = (asked: ApprovalRequest): Ask => ({ kind: "action", asked });

function Answers({ approval }: { approval: ApprovalRequest }) {
  const [open, setOpen] = useState<"edit" | "reject" | null>(null);
  const { answer, busy, failure } = useAnswer();
  const row = useRef<HTMLDivElement>(null);
  const path = { path: { id: approval.id } };

  const approve = () =>
    answer(async () =>
      asAsk(await call(api.POST("/api/approvals/{id}/approve", { params: path }))),
    );
  const edit = (modifiedParams: Record<string, unknown>) =>
    answer(async () =>
      asAsk(
        await call(
          api.POST("/api/approvals/{id}/edit", {
            params: path,
            body: { modifiedParams: anyObject(modifiedParams) },
          }),
        ),
      ),
    );
  const reject = (reason: string) =>
    answer(async () =>
      asAsk(
        await call(
          api.POST("/api/approvals/{id}/reject", {
            params: path,
            body: reason === "" ? {} : { reason },
          }),
        ),
      ),
    );
  /** Back to where one came from, which is never the button that approves. */
  const close = () => {
    const opener = open;
    setOpen(null);
    requestAnimationFrame(() =>
      row.current?.querySelector<HTMLElement>(`[data-opens=${opener ?? ""}]`)?.focus(),
    );
  };

  return (
    <div ref={row} className={styles.answers}>
      {open === "edit" && (
        <EditParams params={approval.params} busy={busy} onSave={edit} onClose={close} />
      )}
      {open === "reject" && <RejectForm busy={busy} onReject={reject} onClose={close} />}
      {failure !== null && <ErrorText error={failure} />}
      {open === null && (
        <div className={styles.actions}>
          <Button look="primary" icon="check" busy={busy} onClick={() => void approve()}>
            Approve
          </Button>
          {approval.editable && (
            <Button icon="pencil" data-opens="edit" disabled={busy} onClick={() => setOpen("edit")}>
              Edit
            </Button>
          )}
          <Button
            look="danger"
            icon="close"
            data-opens="reject"
            disabled={busy}
            onClick={() => setOpen("reject")}
          >
            Reject
          </Button>
        </div>
      )}
    </div>
  );
}

interface RejectFormProps {
  busy: boolean;
  onReject: (reason: string) => Promise<void>;
  onClose: () => void;
}

function RejectForm({ busy, onReject, onClose }: RejectFormProps) {
  const [reason, setReason] = useState("");
  return (
    <form
      className={styles.form}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
      onSubmit={(event) => {
        event.preventDefault();
        void onReject(reason.trim());
      }}
    >
      <TextField
        label="Why not"
        hint="The agent reads it. It may be left empty."
        maxLength={REASON_LENGTH}
        autoFocus
        value={reason}
        onText={setReason}
      />
      <div className={styles.actions}>
        <Button type="submit" look="danger" busy={busy}>
          Reject
        </Button>
        <Button disabled={busy} onClick={onClose}>
          Back
        </Button>
      </div>
    </form>
  );
}
