import { useState } from "react";
import type { ManagedTenant, UserAccount } from "../../api/types.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { ErrorNotice, Loading } from "../../ui/notice.tsx";
import { Entries, Entry, Section } from "../../ui/section.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import { VisibleText } from "../../ui/visible-text.tsx";
import { AddUser, ChangeRole, RemoveUser } from "./user-dialogs.tsx";
import { useTenantUsers } from "./use-tenants.ts";
import { common } from "../../messages/en/common.ts";
import { tenants as t } from "../../messages/en/tenants.ts";

type Open = { dialog: "add" } | { dialog: "role" | "remove"; user: UserAccount };

/** The users of a tenant. */
export function TenantUsers({ tenant }: { tenant: ManagedTenant }) {
  const list = useTenantUsers(tenant.id);
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  return (
    <Section
      title={t.users}
      action={
        <Button icon="plus" onClick={() => setOpen({ dialog: "add" })}>
          {t.addUser}
        </Button>
      }
    >
      {list.error && <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Loading lines={3} label={t.usersLoading} />}
      <Entries label={t.users}>
        {(list.data ?? []).map((user) => (
          <UserEntry key={user.id} user={user} onOpen={(dialog) => setOpen({ dialog, user })} />
        ))}
      </Entries>
      <ShowMore list={list} label={t.moreUsers} />
      {open?.dialog === "add" && <AddUser tenant={tenant} onClose={close} />}
      {open?.dialog === "role" && <ChangeRole tenant={tenant} user={open.user} onClose={close} />}
      {open?.dialog === "remove" && <RemoveUser tenant={tenant} user={open.user} onClose={close} />}
    </Section>
  );
}

interface UserEntryProps {
  user: UserAccount;
  onOpen: (dialog: "role" | "remove") => void;
}

function UserEntry({ user, onOpen }: UserEntryProps) {
  const facts = [
    user.email,
    user.roleName,
    ...(user.guest ? [t.guest] : []),
    ...(user.status === "suspended" ? [t.suspended] : []),
  ];
  return (
    <Entry
      title={<VisibleText text={user.name} />}
      actions={
        <>
          <IconButton
            icon="pencil"
            label={t.changeRole(user.name)}
            onClick={() => onOpen("role")}
          />
          {user.guest && (
            <IconButton icon="trash" label={t.remove(user.name)} onClick={() => onOpen("remove")} />
          )}
        </>
      }
    >
      <p>
        <VisibleText text={facts.join(common.separator)} />
      </p>
    </Entry>
  );
}
