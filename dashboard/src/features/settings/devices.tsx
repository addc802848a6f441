import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "../../api/client.ts";
import type { AuthSession } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { ActionDialog } from "../../ui/dialog.tsx";
import { ErrorNotice, Loading } from "../../ui/notice.tsx";
import { Rich } from "../../ui/rich.tsx";
import { Entries, Entry, Note, Section } from "../../ui/section.tsx";
import { useToast } from "../../ui/toast.tsx";
import { Timestamp } from "../../ui/timestamp.tsx";
import { deviceName } from "./device-name.ts";
import { common } from "../../messages/en/common.ts";
import { settings as t } from "../../messages/en/settings.ts";

export function Devices() {
  const queries = useQueryClient();
  const { attempt, notify } = useToast();
  const devices = useQuery({
    queryKey: ["auth-sessions"],
    queryFn: () => call(api.GET("/api/auth/sessions", { params: { query: { limit: 200 } } })),
  });
  const [confirming, setConfirming] = useState(false);
  const others = devices.data?.items.filter(({ current }) => !current) ?? [];
  const signOut = ({ id }: AuthSession) =>
    call(api.DELETE("/api/auth/sessions/{id}", { params: { path: { id } } }));
  const refresh = () => queries.invalidateQueries({ queryKey: ["auth-sessions"] });
  const revokeOthers = async () => {
    try {
      for (const device of others) await signOut(device);
    } finally {
      await refresh();
    }
  };
  const revoke = (device: AuthSession) =>
    attempt(async () => {
      await signOut(device);
      await refresh();
      notify(t.signedOut);
    });

  return (
    <Section
      title={t.devices}
      action={
        others.length > 0 && <Button onClick={() => setConfirming(true)}>{t.signOutOthers}</Button>
      }
    >
      {devices.error && (
        <ErrorNotice error={devices.error} onRetry={() => void devices.refetch()} />
      )}
      {devices.isPending && <Loading lines={2} />}
      {devices.data?.items.length === 0 && <Note>{t.noDevices}</Note>}
      {devices.data && devices.data.items.length > 0 && (
        <Entries>
          {devices.data.items.map((device) => (
            <DeviceEntry key={device.id} device={device} onRevoke={() => void revoke(device)} />
          ))}
        </Entries>
      )}
      {confirming && (
        <ActionDialog
          title={t.signOutOthersTitle}
          action={t.signOut}
          variant="danger"
          onClose={() => setConfirming(false)}
          onConfirm={revokeOthers}
        >
          <p>{t.signOutOthersAbout}</p>
        </ActionDialog>
      )}
    </Section>
  );
}

function DeviceEntry({ device, onRevoke }: { device: AuthSession; onRevoke: () => void }) {
  const name = deviceName(device.userAgent ?? "");
  return (
    <Entry
      title={name}
      actions={
        device.current ? (
          <Note>{t.thisDevice}</Note>
        ) : (
          <Button small variant="danger" aria-label={t.signOutDevice(name)} onClick={onRevoke}>
            {t.signOut}
          </Button>
        )
      }
    >
      <p>
        {device.address && device.address + common.separator}
        <Rich text={t.lastSeen} parts={{ time: <Timestamp at={device.lastSeenAt} long /> }} />
      </p>
    </Entry>
  );
}
