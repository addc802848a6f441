import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "../../api/client.ts";
import type { AuthSession } from "../../api/types.ts";
import { Button } from "../../ui/button.tsx";
import { ErrorNotice, Loading } from "../../ui/notice.tsx";
import { useToast } from "../../ui/toast.tsx";
import { When } from "../../ui/when.tsx";
import { deviceName } from "./device-name.ts";
import styles from "./settings.module.css";

export function Devices() {
  const queries = useQueryClient();
  const { attempt, say } = useToast();
  const devices = useQuery({
    queryKey: ["auth-sessions"],
    queryFn: () => call(api.GET("/api/auth/sessions")),
  });
  const revoke = ({ id }: AuthSession) =>
    attempt(async () => {
      await call(api.DELETE("/api/auth/sessions/{id}", { params: { path: { id } } }));
      await queries.invalidateQueries({ queryKey: ["auth-sessions"] });
      say("Signed out there");
    });

  return (
    <section aria-labelledby="devices">
      <h2 id="devices">Signed-in devices</h2>
      {devices.error && (
        <ErrorNotice error={devices.error} onRetry={() => void devices.refetch()} />
      )}
      {devices.isPending && <Loading lines={2} />}
      {devices.data?.items.length === 0 && (
        <p className={styles.note}>No device is signed in with a password.</p>
      )}
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
          {device.address && <>{device.address} · </>}
          last seen <When at={device.lastSeenAt} long />
        </p>
      </div>
      {device.current ? (
        <span className={styles.note}>This device</span>
      ) : (
        <Button small look="danger" aria-label={`Sign out ${name}`} onClick={onRevoke}>
          Sign out
        </Button>
      )}
    </li>
  );
}
