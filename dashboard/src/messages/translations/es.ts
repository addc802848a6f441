/** Español. */
import type { Translation } from "../catalogue.ts";
import * as account from "./es/account.ts";
import * as chat from "./es/chat.ts";
import * as frame from "./es/frame.ts";
import * as machines from "./es/machines.ts";
import * as people from "./es/people.ts";
import * as savedPrompts from "./es/saved-prompts.ts";
import * as work from "./es/work.ts";

export default {
  ...account,
  ...chat,
  ...frame,
  ...machines,
  ...people,
  ...savedPrompts,
  ...work,
} satisfies Translation;
