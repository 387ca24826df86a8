// An input method's events. Neither driver has an input method, so they are made here, in the order in which Safari tells
// them: what they show is that the page takes them for what they are, not that an input method works.

/**
 * Runs in the page: composes at the caret of what has the focus, step by step, and commits it with Enter. On the way it
 * presses the keys by which the page would save and leave, as one does who chooses among candidates.
 */
export function compose(steps: string[], committed: string): void {
  const area = document.activeElement;
  if (!(area instanceof HTMLTextAreaElement)) throw new Error("nothing is being typed into");
  const tell = (event: Event): boolean => area.dispatchEvent(event);
  const composition = (type: string, data: string): boolean => tell(new CompositionEvent(type, { bubbles: true, data }));
  const key = (key: string, isComposing: boolean, ctrlKey = false): void => {
    const event = new KeyboardEvent("keydown", { key, isComposing, ctrlKey, bubbles: true, cancelable: true });
    // By this an input method's keys are known where the composition has ended already.
    Object.defineProperty(event, "keyCode", { value: 229 });
    tell(event);
  };
  const from = area.selectionStart;
  const show = (text: string): void => {
    key("Process", true);
    composition("compositionupdate", text);
    area.setRangeText(text, from, area.selectionEnd, "end");
    const inputType = "insertCompositionText";
    tell(new InputEvent("input", { bubbles: true, data: text, inputType, isComposing: true }));
  };
  composition("compositionstart", "");
  for (const step of steps) show(step);
  key("Enter", true, true);
  key("Escape", true);
  show(committed);
  composition("compositionend", committed);
  key("Enter", false, true);
  key("Enter", false);
  key("Escape", false);
}
