/** 中文（简体）。 */
import type { Translation } from "../catalogue.ts";
import * as account from "./zh/account.ts";
import * as chat from "./zh/chat.ts";
import * as frame from "./zh/frame.ts";
import * as machines from "./zh/machines.ts";
import * as people from "./zh/people.ts";
import * as savedPrompts from "./zh/saved-prompts.ts";
import * as work from "./zh/work.ts";

export default {
  ...account,
  ...chat,
  ...frame,
  ...machines,
  ...people,
  ...savedPrompts,
  ...work,
} satisfies Translation;
