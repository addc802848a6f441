import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "../../api/client.ts";
import type { AuthSession } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { ErrorNotice, Loading } from "../../ui/notice.tsx";
import { useToast } from "../../ui/toast.tsx";
import { Rich } from "../../ui/rich.tsx";
import { Timestamp } from "../../ui/timestamp.tsx";
import { deviceName } from "./device-name.ts";
import styles from "./settings.module.css";
import { common } from "../../messages/en/common.ts";
import { settings as t } from "../../messages/en/settings.ts";

export function Devices() {
  const queries = useQueryClient();
  const { attempt, notify } = useToast();
  const devices = useQuery({
    queryKey: ["auth-sessions"],
    queryFn: () => call(api.GET("/api/auth/sessions", { params: { query: { limit: 200 } } })),
  });
  const revoke = ({ id }: AuthSession) =>
    attempt(async () => {
      await call(api.DELETE("/api/auth/sessions/{id}", { params: { path: { id } } }));
      await queries.invalidateQueries({ queryKey: ["auth-sessions"] });
      notify(t.signedOut);
    });

  return (
    <section aria-labelledby="devices">
      <h2 id="devices">{t.devices}</h2>
      {devices.error && (
        <ErrorNotice error={devices.error} onRetry={() => void devices.refetch()} />
      )}
      {devices.isPending && <Loading lines={2} />}
      {devices.data?.items.length === 0 && <p className={styles.note}>{t.noDevices}</p>}
      {devices.data && devices.data.items.length > 0 && (
        <ul role="list" className={styles.list}>
          {devices.data.items.map((device) => (
            <DeviceEntry key={device.id} device={device} onRevoke={() => void revoke(device)} />
          ))}
        </ul>
      )}
    </section>
  );
}

function DeviceEntry({ device, onRevoke }: { device: AuthSession; onRevoke: () => void }) {
  const name = deviceName(device.userAgent ?? "");
  return (
    <li className={styles.entry}>
      <div className={styles.what}>
        <strong>{name}</strong>
        <p>
          {device.address && device.address + common.separator}
          <Rich text={t.lastSeen} parts={{ time: <Timestamp at={device.lastSeenAt} long /> }} />
        </p>
      </div>
      {device.current ? (
        <span className={styles.note}>{t.thisDevice}</span>
      ) : (
        <Button small variant="danger" aria-label={t.signOutDevice(name)} onClick={onRevoke}>
          {t.signOut}
        </Button>
      )}
    </li>
  );
}
