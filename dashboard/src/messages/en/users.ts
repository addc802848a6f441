import { plural, section } from "../catalogue.ts";

/** Users and roles, for administrators. */
export const users = section("users", {
  title: "Users and roles",
  users: "Users",
  loading: "Loading users",
  search: "Search by name or email",
  noneTitle: "No such users",
  noneAbout: "Search for something else.",
  more: "Show more users",
  you: "you",
  suspended: "suspended",
  guest: "account in another tenant",
  guestAbout: (name: string) =>
    `The account of ${name} is managed in another tenant. Here you can change the role.`,
  passwordDue: "has to change the password",
  newUser: "New user",
  createUser: "Create user",
  email: "Email",
  role: "Role",
  firstPassword: "First password",
  passwordAbout: (email: string) =>
    `Give it to ${email}, who has to change it when signing in. It is not shown again.`,
  editUser: (name: string) => `Edit ${name}`,
  editTitle: "Edit user",
  access: "Access",
  mayAccess: { active: "May sign in", suspended: "Suspended" },
  accessHint: "A suspended user is signed out everywhere and keeps everything.",
  resetPassword: "Reset password",
  resetPasswordAbout: (name: string) =>
    `${name} gets a generated password, which you see once and pass on. All sign-ins of ${name} end at once.`,
  newPassword: "New password",
  signOut: "Sign out everywhere",
  signOutTitle: "Sign out everywhere",
  signOutAbout: (name: string) =>
    `All sign-ins of ${name} end at once. API tokens go on; suspend the user to end these too.`,
  deleteUser: (name: string) => `Delete ${name}`,
  deleteTitle: "Delete user",
  deleteAbout: (name: string) =>
    `${name} can no longer sign in, and running work is cancelled. This cannot be undone.`,
  deleteGuestAbout: (name: string) =>
    `${name} leaves this tenant and keeps the account in another one. Running work here is cancelled.`,
  belongings: {
    sessions: (count: number) => plural(count, { one: "# session", other: "# sessions" }),
    discussions: (count: number) => plural(count, { one: "# discussion", other: "# discussions" }),
    memories: (count: number) => plural(count, { one: "# memory", other: "# memories" }),
    attachments: (count: number) => plural(count, { one: "# attachment", other: "# attachments" }),
  },
  hasBelongings: (name: string, belongings: string) =>
    `${name} has ${belongings}. Nothing has been deleted yet.`,
  reassign: "Hand over to",
  reassignHint: "Active users whose role includes SendMessages",
  chooseUser: "Choose a user",
  heir: (name: string, email: string, role: string) => `${name} (${email}), ${role}`,
  roles: "Roles",
  rolesAbout: "What a user may do. A role that you make may do no more than you.",
  builtIn: "built in",
  count: (count: number) => (count === 1 ? "1 permission" : `${count} permissions`),
  newRole: "New role",
  createRole: "Create role",
  editRole: (name: string) => `Edit ${name}`,
  editRoleTitle: "Edit role",
  deleteRole: (name: string) => `Delete ${name}`,
  deleteRoleTitle: "Delete role",
  deleteRoleAbout: (name: string) => `No user has the role ${name} any more after this.`,
  permissions: "Permissions",
});
