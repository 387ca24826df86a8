// The guide beside the editor: what this page is, and the ready-made questions, each opened in a tab of its own.
import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { createContext, use } from "react";

export const PlaceContext = createContext(null);

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <circle cx="12" cy="12" r="9" />
      <path d="M9.5 9.3a2.6 2.6 0 1 1 3.6 2.5c-.8.4-1.1.9-1.1 1.7v.6" strokeLinecap="round" />
      <circle cx="12" cy="17" r=".6" fill="currentColor" />
    </svg>
  );
}

function Guide() {
  const { tabs } = use(PlaceContext);
  return (
    <section className="guide" aria-labelledby="guide-title">
      <h2 id="guide-title">使い方</h2>
      <p>
        表に書いてあることを、問い合わせの文（GraphQL）で尋ねる画面です。画面でできることは、ここですべてできます。サインインした人の権限で動き、見えないものは答えにも出ません。
      </p>
      <h3>実行する</h3>
      <p>
        上のタブから問い合わせを選び、▶（Ctrl+Enter）を押します。圏域や年度のIDは、「変数」に入れてあります。文の中でCtrl+Spaceを押すと、書ける項目が出ます。
      </p>
      <h3>用意した問い合わせ</h3>
      <ul className="ready-made">
        {tabs.map((tab) => (
          <ReadyMade key={tab.title} tab={tab} />
        ))}
      </ul>
      <h3>CSVで保存する</h3>
      <p>
        一覧のある結果が出たら、結果の下の「CSVで保存」を押します。Excelでそのまま開けます。Excelが数式、数、日付と取り違える文（=で始まる文、007、4/1など）には、先頭に'が付きます。
      </p>
      <h3>書き込む（mutation）</h3>
      <p>
        <strong>試しの場所はありません。</strong>
        書き込むと、画面で保存したのと同じく表が変わり、変更履歴に残ります。送る前に、書き込み先の圏域を確かめる画面が出ます。取り消すには、表で変更履歴から戻します。
      </p>
      <h3>限度</h3>
      <p>
        一度に尋ねられる量には限りがあり、超えるとその理由が結果に出ます。一覧は一度に100件までです。続きは、pageInfoのendCursorをafterに入れて尋ねます。
      </p>
      <h3>項目を調べる</h3>
      <p>左端の本の印「スキーマの説明」で、尋ねられる項目とその意味を読めます。</p>
    </section>
  );
}

function ReadyMade({ tab }) {
  const open = useOpen();
  return (
    <li>
      <button type="button" className="link-button" onClick={() => open(tab)}>
        {tab.title}
      </button>
      <p>{tab.about}</p>
    </li>
  );
}

/** From this width on there is room for the guide beside the rest. */
export const WIDE = "(min-width: 60rem)";

/** Shows a ready-made question: its tab, if it is open and untouched, or a new one. */
function useOpen() {
  const { addTab, changeTab, updateActiveTabValues } = useGraphiQLActions();
  const tabs = useGraphiQL((state) => state.tabs);
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  return ({ query, variables }) => {
    // GraphiQL's own button takes the guide away whole.
    if (!matchMedia(WIDE).matches) document.querySelector(".graphiql-sidebar button.active")?.click();
    const there = tabs.findIndex((tab) => tab.query === query);
    if (there >= 0) {
      changeTab(there);
      return;
    }
    addTab();
    queryEditor?.setValue(query);
    variableEditor?.setValue(variables);
    updateActiveTabValues({ query, variables });
  };
}

export const GUIDE = { title: "使い方", icon: Icon, content: Guide };
