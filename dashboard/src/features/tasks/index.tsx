import { navigation } from "../../messages/en/navigation.ts";
import { lazyComponent } from "../../ui/lazy.tsx";
import { route, type Feature } from "../feature.ts";
import { taskEvents } from "./task-events.ts";

const TasksPage = lazyComponent(async () => (await import("./tasks-page.tsx")).TasksPage);

export const feature: Feature = {
  routes: [route("/tasks", () => <TasksPage />)],
  navigation: { path: "/tasks", label: () => navigation.tasks, icon: "tasks", order: 30 },
  events: taskEvents,
};
