/** 日本語：保存したプロンプト。 */
import type { Translation } from "../../catalogue.ts";

export const savedPrompts: Translation["savedPrompts"] = {
  about:
    "メッセージの先頭で <code>/</code> を入力すると、プロンプトを使えます。本文の <code>{{名前}}</code> では値の入力を求め、<code>{{名前=初期値}}</code> では初期値を示します。<code>{{date}}</code>、<code>{{time}}</code>、<code>{{user}}</code> は自動で入ります。",
  own: "自分のプロンプト",
  ownAbout: "自分だけが表示、使用できます。",
  shared: "共有プロンプト",
  sharedAbout: "テナントの全員が使用できます。",
  none: "プロンプトはまだありません",
  new: "新しいプロンプト",
  edit: "プロンプトを編集",
  editOne: (command) => `/${command} を編集`,
  deleteOne: (command) => `/${command} を削除`,
  deleteTitle: "プロンプトを削除しますか？",
  deleteAbout: (command) => `/${command} を削除します。`,
  deleteSharedAbout: (command) => `/${command} をテナントの全員から削除します。`,
  command: "コマンド",
  commandHint: "1語で、文字、数字、-、_ が使えます",
  titleHint: "一覧に表示されます。空の場合はコマンドが表示されます",
  content: "本文",
  contentExample: "{{言語=フランス語}}に翻訳してください：\n\n{{文章}}",
  share: "テナントの全員と共有",
  saved: "プロンプトを保存しました",
  import: "インポート",
  export: "エクスポート",
  imported: (count) => `${count} 件のプロンプトをインポートしました`,
  skipped: (count) => `同じコマンドがすでにあるため、${count} 件をスキップしました`,
  notPrompts:
    "このファイルにプロンプトはありません。エクスポートしたファイルのように、「command」と「content」を持つオブジェクトの JSON リストが必要です。",
  fill: "挿入",
  prompts: "プロンプト",
  agents: "エージェント",
  count: (count) => `候補 ${count} 件`,
  manage: "プロンプトを管理",
  answeredBy: (agent) => `${agent} が回答`,
  removeAgent: (agent) => `${agent} への質問を取り消す`,
};
