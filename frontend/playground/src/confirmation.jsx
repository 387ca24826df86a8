// Asks before something is written, and names where.
import { useEffect, useRef } from "react";

export function Confirmation({ question, onAnswer }) {
  const dialog = useRef(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current.showModal();
    return () => before?.focus?.();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby="write-title"
      aria-describedby="write-where"
      onCancel={(event) => {
        event.preventDefault();
        onAnswer(false);
      }}
    >
      <h2 id="write-title">書き込みますか</h2>
      <div id="write-where">
        <Where regions={question.regions} />
      </div>
      <ul className="deeds">
        {question.deeds.map(({ name, told }) => (
          <li key={name}>
            <code>{name}</code>
            {told && <span>{told}</span>}
          </li>
        ))}
      </ul>
      <p>画面での操作と同じく、実際のデータが変わります。</p>
      <div className="actions after">
        <button type="button" className="button" autoFocus onClick={() => onAnswer(false)}>
          キャンセル
        </button>
        <button type="button" className="button main" onClick={() => onAnswer(true)}>
          書き込む
        </button>
      </div>
    </dialog>
  );
}

function Where({ regions }) {
  if (regions === undefined) return <p className="notice warn">書き込み先の圏域を確かめられませんでした。</p>;
  if (regions.length === 0) return <p className="notice">圏域のものを指すIDはありません。</p>;
  return (
    <p className="notice warn">
      書き込み先の圏域：<strong>{regions.join("、")}</strong>
    </p>
  );
}
