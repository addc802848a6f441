import { useState } from "react";
import type { UserAccount } from "../../api/types.ts";
import { useAuth, useCan } from "../../entities/user/auth.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { SearchBox } from "../../ui/field.tsx";
import { Empty, ErrorNotice, Loading } from "../../ui/notice.tsx";
import { Entries, Entry, Section } from "../../ui/section.tsx";
import { ShowMore } from "../../ui/show-more.tsx";
import { VisibleText } from "../../ui/visible-text.tsx";
import { DeleteUser } from "./delete-user.tsx";
import { EditUser } from "./edit-user.tsx";
import { NewUser } from "./new-user.tsx";
import { useUsers } from "./use-users.ts";
import { common } from "../../messages/en/common.ts";
import { secondFactor } from "../../messages/en/second-factor.ts";
import { users as t } from "../../messages/en/users.ts";

type Open = { dialog: "new" } | { dialog: "edit" | "delete"; user: UserAccount };

export function Users() {
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState<Open | null>(null);
  const list = useUsers(search.trim());
  const mayManage = useCan("ManageUsers");
  const close = () => setOpen(null);
  return (
    <Section
      title={t.users}
      action={
        mayManage && (
          <Button icon="plus" variant="primary" onClick={() => setOpen({ dialog: "new" })}>
            {t.newUser}
          </Button>
        )
      }
    >
      <SearchBox label={t.search} value={search} onText={setSearch} />
      {list.error && <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Loading lines={4} label={t.loading} />}
      {list.data?.length === 0 && (
        <Empty title={t.noneTitle}>
          <p>{t.noneAbout}</p>
        </Empty>
      )}
      {list.data && list.data.length > 0 && (
        <Entries label={t.users}>
          {list.data.map((user) => (
            <UserEntry
              key={user.id}
              user={user}
              onOpen={mayManage ? (dialog) => setOpen({ dialog, user }) : null}
            />
          ))}
        </Entries>
      )}
      <ShowMore list={list} label={t.more} />
      {open?.dialog === "new" && <NewUser onClose={close} />}
      {open?.dialog === "edit" && <EditUser user={open.user} onClose={close} />}
      {open?.dialog === "delete" && <DeleteUser user={open.user} onClose={close} />}
    </Section>
  );
}

interface UserEntryProps {
  user: UserAccount;
  onOpen: ((dialog: "edit" | "delete") => void) | null;
}

function UserEntry({ user, onOpen }: UserEntryProps) {
  const { id: own } = useAuth().user;
  const facts = [
    user.email,
    user.roleName,
    ...(user.guest ? [t.guest] : []),
    ...(user.status === "suspended" ? [t.suspended] : []),
    ...(user.secondFactor ? [secondFactor.hasIt] : []),
    ...(user.passwordDue ? [t.passwordDue] : []),
  ];
  return (
    <Entry
      title={<VisibleText text={user.name} />}
      mark={user.id === own ? t.you : undefined}
      actions={
        onOpen && (
          <>
            <IconButton
              icon="pencil"
              label={t.editUser(user.name)}
              onClick={() => onOpen("edit")}
            />
            {user.id !== own && (
              <IconButton
                icon="trash"
                label={t.deleteUser(user.name)}
                onClick={() => onOpen("delete")}
              />
            )}
          </>
        )
      }
    >
      <p>{facts.join(common.separator)}</p>
    </Entry>
  );
}
