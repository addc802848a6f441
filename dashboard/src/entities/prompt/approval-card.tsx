import { useRef, useState } from "react";
import { anyObject, api, call } from "../../api/client.ts";
import type { ApprovalRequest } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { ErrorText } from "../../ui/notice.tsx";
import { Rich } from "../../ui/rich.tsx";
import { Risk } from "../../ui/risk.tsx";
import { VisibleText } from "../../ui/visible-text.tsx";
import { useCan } from "../../entities/user/auth.ts";
import { AnswerForm } from "./answer-form.tsx";
import { ApprovalArguments } from "./arguments.tsx";
import styles from "./prompt-card.module.css";
import { PromptFrame } from "./prompt-frame.tsx";
import { EditArguments } from "./edit-arguments.tsx";
import type { Prompt } from "./inbox.ts";
import { useAnswer } from "./use-answer.ts";
import { common } from "../../messages/en/common.ts";
import { prompts as t } from "../../messages/en/prompts.ts";

/** The longest reason that the gateway accepts (characters). */
const REASON_LENGTH = 2_000;

interface ApprovalCardProps {
  approval: ApprovalRequest;
  inSession: boolean;
}

export function ApprovalCard({ approval, inSession }: ApprovalCardProps) {
  const canAnswer = useCan("ApproveActions");
  const { toolName, riskLevel, preview, params, modifiedParams } = approval;
  return (
    <PromptFrame
      prompt={{ kind: "approval", request: approval }}
      title={<Rich text={t.useTool} parts={{ tool: <code>{toolName}</code> }} />}
      mark={<Risk level={riskLevel} />}
      inSession={inSession}
      actions={
        canAnswer ? (
          <Answers approval={approval} />
        ) : (
          <p className={styles.about}>{t.cannotApprove}</p>
        )
      }
    >
      {preview !== null && (
        <p className={styles.preview}>
          <VisibleText text={preview} />
        </p>
      )}
      <ApprovalArguments toolName={toolName} params={params} modifiedParams={modifiedParams} />
    </PromptFrame>
  );
}

const asPrompt = (request: ApprovalRequest): Prompt => ({ kind: "approval", request });

function Answers({ approval }: { approval: ApprovalRequest }) {
  const [open, setOpen] = useState<"edit" | "reject" | null>(null);
  const { answer, busy, failure } = useAnswer();
  const row = useRef<HTMLDivElement>(null);
  const path = { path: { id: approval.id } };

  const approve = () =>
    answer(async () =>
      asPrompt(await call(api.POST("/api/approvals/{id}/approve", { params: path }))),
    );
  const edit = (modifiedParams: Record<string, unknown>) =>
    answer(async () =>
      asPrompt(
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
      asPrompt(
        await call(
          api.POST("/api/approvals/{id}/reject", {
            params: path,
            body: reason === "" ? {} : { reason },
          }),
        ),
      ),
    );
  /** Returns the focus to the button that opened the form, which is never the button that approves. */
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
        <EditArguments params={approval.params} busy={busy} onSave={edit} onClose={close} />
      )}
      {open === "reject" && <RejectForm busy={busy} onReject={reject} onClose={close} />}
      {failure !== null && <ErrorText error={failure} />}
      {open === null && (
        <div className={styles.actions}>
          <Button variant="primary" icon="check" busy={busy} onClick={() => void approve()}>
            {t.approve}
          </Button>
          {approval.editable && (
            <Button icon="pencil" data-opens="edit" disabled={busy} onClick={() => setOpen("edit")}>
              {common.edit}
            </Button>
          )}
          <Button
            variant="danger"
            icon="close"
            data-opens="reject"
            disabled={busy}
            onClick={() => setOpen("reject")}
          >
            {t.reject}
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
    <AnswerForm
      busy={busy}
      onClose={onClose}
      onSubmit={() => void onReject(reason.trim())}
      submit={
        <Button type="submit" variant="danger" busy={busy}>
          {t.reject}
        </Button>
      }
    >
      <TextField
        label={t.reason}
        hint={t.reasonHint}
        maxLength={REASON_LENGTH}
        autoFocus
        value={reason}
        onText={setReason}
      />
    </AnswerForm>
  );
}
