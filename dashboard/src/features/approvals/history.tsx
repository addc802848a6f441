import { useDeferredValue, useState } from "react";
import { Link } from "wouter";
import type { ApprovalRequest } from "../../api/types.ts";
import { Disclosure } from "../../ui/disclosure.tsx";
import { SelectField, TextField } from "../../ui/field.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Empty, ErrorNotice, Loading } from "../../ui/notice.tsx";
import { Rich } from "../../ui/rich.tsx";
import { Risk } from "../../ui/risk.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import { VisibleText } from "../../ui/visible-text.tsx";
import { Timestamp } from "../../ui/timestamp.tsx";
import { AgentFilter } from "../../entities/agent/agent-filter.tsx";
import { useAgentName } from "../../entities/agent/use-agents.ts";
import { ApprovalArguments } from "../../entities/prompt/arguments.tsx";
import styles from "./history.module.css";
import { outcomeText } from "../../entities/prompt/outcome.ts";
import { ANY, useApprovalHistory, type ApprovalFilter } from "./use-history.ts";
import { common } from "../../messages/en/common.ts";
import { prompts as t } from "../../messages/en/prompts.ts";

const OUTCOMES = ["approved", "edited", "rejected", "timeOut", "cancelled"] as const;
const RISKS = ["low", "medium", "high", "critical"] as const;

export function ApprovalHistory() {
  const [filter, setFilter] = useState(ANY);
  const shown = useDeferredValue(filter);
  const history = useApprovalHistory(shown);
  // What is shown was asked for with another filter, and may be gone in a moment: nobody should open it by then.
  const outdated = shown !== filter || history.isPlaceholderData;
  return (
    <section aria-labelledby="approval-history">
      <h2 id="approval-history">{common.history}</h2>
      <Filters filter={filter} onChange={setFilter} />
      {history.error && (
        <ErrorNotice error={history.error} onRetry={() => void history.refetch()} />
      )}
      {history.isPending && <Loading lines={6} label={t.loadingHistory} />}
      {history.data?.length === 0 && (
        <Empty title={t.noneTitle}>
          <p>{t.noneAbout}</p>
        </Empty>
      )}
      {history.data && history.data.length > 0 && (
        <ul role="list" className={styles.rows} aria-label={t.answered} inert={outdated}>
          {history.data.map((approval) => (
            <li key={approval.id}>
              <HistoryRow approval={approval} />
            </li>
          ))}
        </ul>
      )}
      <ShowMore list={history} label={t.older} />
    </section>
  );
}

interface FiltersProps {
  filter: ApprovalFilter;
  onChange: (filter: ApprovalFilter) => void;
}

function Filters({ filter, onChange }: FiltersProps) {
  const set = (part: Partial<ApprovalFilter>) => onChange({ ...filter, ...part });
  return (
    <div className={styles.filters}>
      <SelectField
        label={t.outcomeLabel}
        value={filter.outcome}
        onText={(outcome) => set({ outcome })}
        options={[
          { value: "", label: t.anyOutcome },
          ...OUTCOMES.map((value) => ({ value, label: t.outcome[value] })),
        ]}
      />
      <SelectField
        label={t.risk}
        value={filter.risk}
        onText={(risk) => set({ risk })}
        options={[
          { value: "", label: t.anyRisk },
          ...RISKS.map((value) => ({ value, label: common.risk[value] })),
        ]}
      />
      <AgentFilter agent={filter.agent} onAgent={(agent) => set({ agent })} />
      <TextField
        label={t.tool}
        placeholder={t.exactToolName}
        value={filter.tool}
        onText={(tool) => set({ tool })}
      />
      <TextField label={t.since} type="date" value={filter.from} onText={(from) => set({ from })} />
    </div>
  );
}

function HistoryRow({ approval }: { approval: ApprovalRequest }) {
  const agentName = useAgentName();
  return (
    <Disclosure
      id={approval.id}
      className={styles.row}
      summary={
        <>
          <Icon name="chevron" size={14} />
          <span className={styles.what}>
            <code>{approval.toolName}</code>
            <Risk level={approval.riskLevel} />
          </span>
          <span className={styles.agent}>{agentName(approval.agentId)}</span>
          <span className={styles.outcome} data-outcome={approval.status}>
            {approval.status !== "pending" && t.outcome[approval.status]}
          </span>
          <span className={styles.when}>
            <Timestamp at={approval.requestedAt} />
          </span>
        </>
      }
    >
      <HistoryDetail approval={approval} />
    </Disclosure>
  );
}

function HistoryDetail({ approval }: { approval: ApprovalRequest }) {
  const { toolName, preview, params, modifiedParams, outcomeDetail, resolvedAt } = approval;
  return (
    <div className={styles.detail}>
      {preview !== null && (
        <p>
          <VisibleText text={preview} />
        </p>
      )}
      <ApprovalArguments toolName={toolName} params={params} modifiedParams={modifiedParams} />
      <p>
        {outcomeText(approval.status)} {outcomeDetail}
      </p>
      <p className={styles.when}>
        {resolvedAt !== null && (
          <>
            <Rich text={t.resolved} parts={{ time: <Timestamp at={resolvedAt} long /> }} />
            {common.separator}
          </>
        )}
        <Link href={`/sessions/${approval.sessionId}`}>{t.openSession}</Link>
      </p>
    </div>
  );
}
