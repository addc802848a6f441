/** Deutsch. */
import type { Translation } from "../catalogue.ts";
import * as account from "./de/account.ts";
import * as chat from "./de/chat.ts";
import * as frame from "./de/frame.ts";
import * as machines from "./de/machines.ts";
import * as people from "./de/people.ts";
import * as savedPrompts from "./de/saved-prompts.ts";
import * as work from "./de/work.ts";

export default {
  ...account,
  ...chat,
  ...frame,
  ...machines,
  ...people,
  ...savedPrompts,
  ...work,
} satisfies Translation;
