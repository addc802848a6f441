import { navigation } from "../../messages/en/navigation.ts";
import { lazyComponent } from "../../ui/lazy.tsx";
import { route, type Feature } from "../feature.ts";

const UsersPage = lazyComponent(async () => (await import("./users-page.tsx")).UsersPage);

export const feature: Feature = {
  routes: [route("/users", () => <UsersPage />)],
  navigation: {
    path: "/users",
    label: () => navigation.users,
    icon: "people",
    order: 66,
    needs: "ViewUsers",
    secondary: true,
  },
};
