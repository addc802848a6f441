import { useState } from "react";
import type { ManagedTenant, UserAccount } from "../../api/types.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { ErrorNotice, Loading } from "../../ui/notice.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import { VisibleText } from "../../ui/visible-text.tsx";
import { AddPerson, ChangeRole, RemovePerson } from "./person-dialogs.tsx";
import styles from "./tenants.module.css";
import { useTenantUsers } from "./use-tenants.ts";
import { common } from "../../messages/en/common.ts";
import { tenants as t } from "../../messages/en/tenants.ts";

type Open = { dialog: "add" } | { dialog: "role" | "remove"; user: UserAccount };

/** The people of a tenant. */
export function TenantUsers({ tenant }: { tenant: ManagedTenant }) {
  const list = useTenantUsers(tenant.id);
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const people = list.data ?? [];
  return (
    <section aria-labelledby="people">
      <div className={styles.head}>
        <h3 id="people">{t.people}</h3>
        <Button icon="plus" onClick={() => setOpen({ dialog: "add" })}>
          {t.addPerson}
        </Button>
      </div>
      {list.error && <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Loading lines={3} label={t.peopleLoading} />}
      <ul role="list" className={styles.list} aria-label={t.people}>
        {people.map((user) => (
          <li key={user.id} className={styles.entry}>
            <div className={styles.what}>
              <strong>
                <VisibleText text={user.name} />
              </strong>
              <p>{factsOf(user).join(common.separator)}</p>
            </div>
            <div className={styles.actions}>
              <IconButton
                icon="pencil"
                label={t.changeRole(user.name)}
                onClick={() => setOpen({ dialog: "role", user })}
              />
              {user.guest && (
                <IconButton
                  icon="trash"
                  label={t.remove(user.name)}
                  onClick={() => setOpen({ dialog: "remove", user })}
                />
              )}
            </div>
          </li>
        ))}
      </ul>
      <ShowMore list={list} label={t.morePeople} />
      {open?.dialog === "add" && <AddPerson tenant={tenant} onClose={close} />}
      {open?.dialog === "role" && <ChangeRole tenant={tenant} user={open.user} onClose={close} />}
      {open?.dialog === "remove" && (
        <RemovePerson tenant={tenant} user={open.user} others={people} onClose={close} />
      )}
    </section>
  );
}

function factsOf(user: UserAccount): string[] {
  return [
    user.email,
    user.role,
    ...(user.guest ? [t.guest] : []),
    ...(user.status === "suspended" ? [t.suspended] : []),
  ];
}
