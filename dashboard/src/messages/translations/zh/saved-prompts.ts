/** 中文：保存的提示词。 */
import type { Translation } from "../../catalogue.ts";

export const savedPrompts: Translation["savedPrompts"] = {
  about:
    "在消息开头输入 <code>/</code> 即可使用提示词。文本中的 <code>{{名称}}</code> 会要求填写内容，<code>{{名称=默认值}}</code> 带有默认值，<code>{{date}}</code>、<code>{{time}}</code> 和 <code>{{user}}</code> 会自动填写。",
  own: "你的提示词",
  ownAbout: "只有你能查看和使用。",
  shared: "共享提示词",
  sharedAbout: "租户中的所有人都能使用。",
  none: "还没有提示词",
  new: "新建提示词",
  edit: "编辑提示词",
  editOne: (command) => `编辑 /${command}`,
  deleteOne: (command) => `删除 /${command}`,
  deleteTitle: "删除提示词？",
  deleteAbout: (command) => `/${command} 将被删除。`,
  deleteSharedAbout: (command) => `/${command} 将对租户中的所有人删除。`,
  command: "命令",
  commandHint: "一个词：字母、数字、- 和 _",
  titleHint: "显示在列表中；留空则显示命令",
  content: "文本",
  contentExample: "翻译成{{语言=法语}}：\n\n{{文本}}",
  share: "与我的租户中的所有人共享",
  saved: "提示词已保存",
  import: "导入",
  export: "导出",
  imported: (count) => `已导入 ${count} 个提示词`,
  skipped: (count) => `已跳过 ${count} 个，因为已有相同的命令`,
  notPrompts:
    "此文件中没有提示词。它必须是由含有“command”和“content”的对象组成的 JSON 列表，例如导出的文件。",
  fill: "插入",
  prompts: "提示词",
  agents: "智能体",
  count: (count) => `${count} 条建议`,
  manage: "管理提示词",
  answeredBy: (agent) => `由 ${agent} 回答`,
  removeAgent: (agent) => `不询问 ${agent}`,
};
