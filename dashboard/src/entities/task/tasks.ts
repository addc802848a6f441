/** Tasks, as more than one feature reads and cancels them. */
import { api, call } from "../../api/client.ts";
import type { Task } from "../../api/types.ts";

/** The tasks that are queued or running. */
export async function activeTasks(): Promise<Task[]> {
  return (await call(api.GET("/api/tasks/active"))).items;
}

export async function cancelTask(id: string) {
  await call(api.POST("/api/tasks/{id}/cancel", { params: { path: { id } } }));
}
