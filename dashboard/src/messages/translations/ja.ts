/** 日本語。 */
import type { Translation } from "../catalogue.ts";
import * as account from "./ja/account.ts";
import * as chat from "./ja/chat.ts";
import * as frame from "./ja/frame.ts";
import * as machines from "./ja/machines.ts";
import * as people from "./ja/people.ts";
import * as savedPrompts from "./ja/saved-prompts.ts";
import * as work from "./ja/work.ts";

export default {
  ...account,
  ...chat,
  ...frame,
  ...machines,
  ...people,
  ...savedPrompts,
  ...work,
} satisfies Translation;
