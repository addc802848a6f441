/** The second factor of one's account: setting it up, recovery codes, switching it off. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { SecondFactorState } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { ErrorNotice, Loading } from "../../ui/notice.tsx";
import { Rich } from "../../ui/rich.tsx";
import { EntryBody, Section } from "../../ui/section.tsx";
import { Timestamp } from "../../ui/timestamp.tsx";
import { NewRecoveryCodes, RecoveryCodes } from "./recovery-codes.tsx";
import { SetUpSecondFactor } from "./set-up-second-factor.tsx";
import { TurnOffSecondFactor } from "./turn-off-second-factor.tsx";
import styles from "./settings.module.css";
import { common } from "../../messages/en/common.ts";
import { secondFactor as t } from "../../messages/en/second-factor.ts";

type Open = { step: "setUp" | "newCodes" | "turnOff" } | { step: "codes"; codes: string[] };

export function SecondFactor() {
  const queries = useQueryClient();
  const [open, setOpen] = useState<Open | null>(null);
  const state = useQuery({
    queryKey: ["second-factor"],
    queryFn: () => call(api.GET("/api/auth/second-factor")),
  });
  const close = () => setOpen(null);
  const refresh = async () => {
    await queries.invalidateQueries({ queryKey: ["second-factor"] });
    await queries.invalidateQueries({ queryKey: ["auth-sessions"] });
  };
  const show = (codes: string[]) => {
    setOpen({ step: "codes", codes });
    void refresh();
  };
  return (
    <Section title={t.title} note={t.about}>
      {state.error && <ErrorNotice error={state.error} onRetry={() => void state.refetch()} />}
      {state.isPending && <Loading lines={1} />}
      {state.data && <State state={state.data} onOpen={(step) => setOpen({ step })} />}
      {open?.step === "setUp" && <SetUpSecondFactor onClose={close} onDone={show} />}
      {open?.step === "newCodes" && <NewRecoveryCodes onClose={close} onDone={show} />}
      {open?.step === "turnOff" && (
        <TurnOffSecondFactor
          onClose={close}
          onDone={() => {
            close();
            void refresh();
          }}
        />
      )}
      {open?.step === "codes" && <RecoveryCodes codes={open.codes} onClose={close} />}
    </Section>
  );
}

interface StateProps {
  state: SecondFactorState;
  onOpen: (step: "setUp" | "newCodes" | "turnOff") => void;
}

function State({ state, onOpen }: StateProps) {
  if (state.since === null) {
    return (
      <EntryBody
        title={t.off}
        actions={
          <Button icon="key" onClick={() => onOpen("setUp")}>
            {t.setUp}
          </Button>
        }
      />
    );
  }
  return (
    <>
      <EntryBody title={t.on}>
        <p>
          <Rich text={t.since} parts={{ time: <Timestamp at={state.since} /> }} />
          {common.separator}
          {t.codesLeft(state.recoveryCodesLeft)}
        </p>
      </EntryBody>
      <div className={styles.buttons}>
        <Button onClick={() => onOpen("newCodes")}>{t.newCodes}</Button>
        <Button variant="danger" onClick={() => onOpen("turnOff")}>
          {t.turnOff}
        </Button>
      </div>
    </>
  );
}
