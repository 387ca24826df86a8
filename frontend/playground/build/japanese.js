// GraphiQL speaks English and knows no other language: its words are replaced in its files while they are bundled. Where
// a word is not found any more, as after an upgrade, the build fails and says which.
//
// Some things go with that: a tab is called by the comment that its document begins with, since a GraphQL name cannot be
// Japanese; the editors take full-width brackets for what they are; the links that lead off the server are taken out; a
// tab holds no second button, as the one that closes it stands beside it.

const WORDS = {
  "graphiql/dist/GraphiQL.js": [
    ['newTab: "New tab"', 'newTab: "新しいタブ"'],
    ['"second" ? "Show" : "Hide"} editor tools`', '"second" ? "変数を表示" : "変数を隠す"}`'],
    ['"aria-label": "Editor Commands"', '"aria-label": "問い合わせの操作"'],
    ['"aria-label": "Operation Editor"', '"aria-label": "問い合わせ"'],
    ['"data-name": "variables", children: "Variables"', '"data-name": "variables", children: "変数"'],
    ['=== "variables" ? "Variables" : "Headers"', '=== "variables" ? "変数" : "ヘッダー"'],
    // The list of tabs owns them where they are, and not the buttons between them.
    [
      /(t41 = [^;]*?)jsx\(Tabs, \{([^}]*?)"aria-label": "Select active operation", ([^}]*)\}\);/,
      `$1[
      jsx("div", { role: "tablist", "aria-label": "問い合わせのタブ", "aria-owns": tabs.map((_, index) => \`graphiql-session-tab-\${index}\`).join(" ") }, "tablist"),
      jsx(Tabs, {$2$3}, "tabs")
    ];`,
    ],
    ["title: tab.title, onClick: handleTabClick,", 'title: tab.title, role: "tab", "aria-selected": index_1 === activeTabIndex, onClick: handleTabClick,'],
    ["jsx(Tab.Close, { onClick: handleTabClose })", 'jsx(Tab.Close, { onClick: handleTabClose, "aria-label": `タブを閉じる：${tab.title}` })'],
  ],
  "graphiql/dist/ui/logo.js": [[/jsxs\("a", \{ className: "graphiql-logo-link"[\s\S]*?"QL"\s*\] \}\)/, "null"]],
  "graphiql/dist/ui/toolbar.js": [
    ["`Prettify query (", "`整形 ("],
    ["`Merge fragments into query (", "`フラグメントを展開 ("],
    ["`Copy query (", "`コピー ("],
  ],
  "graphiql/dist/ui/sidebar.js": [
    ["`Re-fetch GraphQL schema (", "`スキーマを読みなおす ("],
    ['"Open short keys dialog"', '"ショートカットキー"'],
    ['"Open settings dialog"', '"設定"'],
    ['`${isVisible_0 ? "Hide" : "Show"} ${plugin_0.title}`', '`${plugin_0.title}を${isVisible_0 ? "隠す" : "表示"}`'],
    ['children: "Short Keys"', 'children: "ショートカットキー"'],
    ['"This modal provides a list of available keyboard shortcuts and their functions."', '"使えるキーの一覧です。"'],
    ['children: "Settings"', 'children: "設定"'],
    ['"This modal lets you adjust header persistence, interface theme, and clear local storage."', '"画面の色を選び、この画面に残したものを消せます。"'],
    ['children: "Theme"', 'children: "画面の色"'],
    ['"Adjust how the interface appears."', '"この画面の明るさを選びます。"'],
    ['children: "System"', 'children: "PCの設定"'],
    ['children: "Light"', 'children: "明るい"'],
    ['children: "Dark"', 'children: "暗い"'],
    ['"Clear storage"', '"残したものを消す"'],
    ['"Remove all locally stored data and start fresh."', '"このPCに残したタブと履歴を消します。次に開くと、はじめの状態に戻ります。"'],
    ['success: "Cleared data"', 'success: "消しました"'],
    ['error: "Failed"', 'error: "消せませんでした"'],
    ['|| "Clear data"', '|| "消す"'],
  ],
  "graphiql/dist/ui/short-keys.js": [
    ['"Execute query"', '"実行"'],
    ['"Open the Command Palette (you must have focus in the editor)"', '"操作の一覧（問い合わせの中で）"'],
    ['"Prettify editors"', '"整形"'],
    ['"Copy query"', '"コピー"'],
    ['"Re-fetch schema using introspection"', '"スキーマを読みなおす"'],
    ['"Search in documentation"', '"資料の中を検索"'],
    ['"Search in editor"', '"問い合わせの中を検索"'],
    ['"Merge fragments definitions into operation definition"', '"フラグメントを展開"'],
    ['children: "Short Key"', 'children: "キー"'],
    ['children: "Function"', 'children: "すること"'],
    // What follows the table names other hosts.
    [/jsxs\("p", \{ children: \[\s*"This Graph",[\s\S]*?"\."\s*\] \}\)/, "null"],
    [/jsx\("a", \{ href: "https:[^}]*\}\)/g, "null"],
  ],
  "@graphiql/react/dist/components/execute-button/index.js": [
    ['`${isRunning ? "Stop" : "Execute"} query (', '`${isRunning ? "停止" : "実行"} ('],
    ["`<Unnamed ${operation.operation}>`", "`（名前のない${operation.operation}）`"],
  ],
  "@graphiql/react/dist/components/dialog/index.js": [['"Close dialog"', '"閉じる"']],
  "@graphiql/react/dist/components/tabs/index.js": [
    ['"Close Tab"', '"タブを閉じる"'],
    [/"aria-selected": isActive,\s*dragElastic: false,\s*role: "tab"/, 'dragElastic: false, role: "presentation"'],
    ['role: "tablist"', 'role: "presentation"'],
  ],
  "@graphiql/react/dist/components/response-editor.js": [['"Result Window"', '"結果"']],
  "@graphiql/react/dist/stores/execution.js": [
    ['"Automatically added leaf fields"', '"自動で加えた項目"'],
    ['`Request not sent. ${editor === variableEditor ? "Variables" : "Request headers"} ${error.message}`', "`送信していません。変数をJSONとして読めません：${error.message}`"],
  ],
  "@graphiql/react/dist/utility/tabs.js": [
    ['var DEFAULT_TITLE = "<untitled>"', 'var DEFAULT_TITLE = "無題"'],
    ["title: operationName || DEFAULT_TITLE,\n\t\tquery,", "title: commentOf(query) || operationName || DEFAULT_TITLE,\n\t\tquery,"],
    ["title: newTab.operationName ||", "title: commentOf(newTab.query) || newTab.operationName ||"],
    ["function guid() {", "function commentOf(query) {\n\treturn /^\\s*#[ \\t]*(\\S.*)/.exec(query ?? '')?.[1].trim();\n}\nfunction guid() {"],
  ],
  "@graphiql/react/dist/utility/create-editor.js": [
    [
      "fontSize: 15,",
      `fontSize: 14,
		wordWrap: "on",
		unicodeHighlight: { ambiguousCharacters: false, invisibleCharacters: false },
		ariaLabel: model.uri.path.includes("response") ? "結果の文" : language === "json" ? "変数の文" : "問い合わせの文",`,
    ],
    ['fontFamily: "\\"Fira Code\\""', 'fontFamily: "\'Noto Sans Mono CJK JP\', Consolas, \'BIZ UDGothic\', monospace"'],
  ],
  "@graphiql/react/dist/constants.js": [
    ['label: "Prettify Editors"', 'label: "整形"'],
    ['label: "Merge Fragments into Query"', 'label: "フラグメントを展開"'],
    ['label: "Run Operation"', 'label: "実行"'],
    ['label: "Copy Query"', 'label: "コピー"'],
  ],
  "@graphiql/plugin-doc-explorer/dist/context.js": [
    ['title: "Documentation Explorer"', 'title: "スキーマの説明"'],
    ['name: "Docs"', 'name: "スキーマ"'],
    ['"Show Documentation Explorer"', '"スキーマの説明を表示"'],
  ],
  "@graphiql/plugin-doc-explorer/dist/components/doc-explorer.js": [
    ['"Error fetching schema"', '"スキーマを読めませんでした"'],
    ['"Schema is invalid: "', '"スキーマに誤りがあります："'],
    ['"No GraphQL schema available"', '"スキーマがありません"'],
    ["`Go back to ${prevName}`", "`${prevName}へ戻る`"],
    ['"Documentation Explorer"', '"スキーマの説明"'],
  ],
  "@graphiql/plugin-doc-explorer/dist/components/schema-documentation.js": [
    ['"A GraphQL schema provides a root type for each kind of operation."', '"尋ねられること（query）、書き込めること（mutation）、見守れること（subscription）の入口です。"'],
  ],
  "@graphiql/plugin-doc-explorer/dist/components/section.js": [
    // The sections' icons go by their English names.
    [/jsxs\("div", \{ className: "graphiql-doc-explorer-section-title", children: \[\s*(\w+),\s*(\w+)\s*\] \}\)/, 'jsxs("div", { className: "graphiql-doc-explorer-section-title", children: [$1, SECTIONS[$2] ?? $2] })'],
    [
      "const TYPE_TO_ICON = {",
      `const SECTIONS = {
  Arguments: "引数",
  "Deprecated Arguments": "古い引数",
  "Deprecated Enum Values": "古い値",
  "Deprecated Fields": "古い項目",
  Directives: "ディレクティブ",
  "Enum Values": "値",
  Fields: "項目",
  Implements: "備える型",
  Implementations: "この型を備えるもの",
  "Possible Types": "とりうる型",
  "Root Types": "入口",
  Type: "型",
  "All Schema Types": "すべての型"
};
const TYPE_TO_ICON = {`,
    ],
  ],
  "@graphiql/plugin-doc-explorer/dist/components/search.js": [
    ["`Search ${navItem.name}...`", "`${navItem.name}を検索`"],
    ['"No results found"', '"見つかりません"'],
    ['"Other results"', '"ほかの型"'],
  ],
  "@graphiql/plugin-doc-explorer/dist/components/field-documentation.js": [['"Show Deprecated Arguments"', '"古い引数を表示"']],
  "@graphiql/plugin-doc-explorer/dist/components/type-documentation.js": [
    ['"Show Deprecated Fields"', '"古い項目を表示"'],
    ['"Show Deprecated Values"', '"古い値を表示"'],
  ],
  "@graphiql/plugin-history/dist/index.js": [['title: "History"', 'title: "履歴"']],
  "@graphiql/plugin-history/dist/components.js": [
    ['const t2 = "History"', 'const t2 = "履歴"'],
    ['children: [\n      "History",', 'children: [\n      "履歴",'],
    ['success: "Cleared"', 'success: "消しました"'],
    ['error: "Failed to Clear"', 'error: "消せませんでした"'],
    ['|| "Clear"', '|| "消す"'],
    ['"Type a label"', '"名前"'],
    ['children: "Save"', 'children: "保存"'],
    ['"Set active"', '"問い合わせに戻す"'],
    ['"Edit label"', '"名前を付ける"'],
    ['"Remove favorite"', '"お気に入りから外す"'],
    ['"Add favorite"', '"お気に入りに加える"'],
    ['"Delete from history"', '"履歴から消す"'],
  ],
};

/** The plugin for Vite. */
export function japanese() {
  const seen = new Set();
  return {
    name: "japanese",
    enforce: "pre",
    transform(code, id) {
      const path = id.split("?")[0].split("/node_modules/").at(-1);
      const words = WORDS[path];
      if (!words) return undefined;
      seen.add(path);
      return { code: replaced(code, words, path), map: null };
    },
    buildEnd(fault) {
      const missing = Object.keys(WORDS).filter((path) => !seen.has(path));
      if (!fault && missing.length > 0) throw new Error(`japanese: not bundled any more: ${missing.join(", ")}`);
    },
  };
}

/** Every place of every word; a word without a place is an error. */
export function replaced(code, words, path) {
  return words.reduce((code, [from, to]) => {
    const found = typeof from === "string" ? code.includes(from) : code.search(from) >= 0;
    if (!found) throw new Error(`japanese: ${path} does not say ${from}`);
    return typeof from === "string" ? code.replaceAll(from, () => to) : code.replace(from, to);
  }, code);
}
