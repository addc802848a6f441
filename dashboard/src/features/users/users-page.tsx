import { Page } from "../../ui/page.tsx";
import { Roles } from "./roles.tsx";
import { Users } from "./users.tsx";
import { users as t } from "../../messages/en/users.ts";

export function UsersPage() {
  return (
    <Page title={t.title}>
      <Users />
      <Roles />
    </Page>
  );
}
