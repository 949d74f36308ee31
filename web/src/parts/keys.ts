import { useEffect, useRef } from 'react';

/** Milliseconds within which the second key of a pair has to follow. */
const patience = 1_000;

/** What a key goes to rather than to the page: fields take all of them, and what Enter works on takes that one. */
function isTaken({ key, target }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (key === 'Enter' && target.closest('a, button, input, select, summary') !== null) return true;
  if (target instanceof HTMLInputElement) return target.type !== 'checkbox';
  return (
    target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
  );
}

/** Does something at a key (`j`, `enter`), or at two in a row (`g q`), where nobody is typing and no dialog is open. */
export function useKeys(acts: Readonly<Record<string, () => void>>): void {
  const current = useRef(acts);
  current.current = acts;
  useEffect(() => {
    let before: { readonly key: string; readonly at: number } | undefined;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
      if (document.querySelector('dialog[open]') !== null) return;
      const key = event.key.length > 1 ? event.key.toLowerCase() : event.key;
      const isSecond = before !== undefined && event.timeStamp - before.at < patience;
      const pair = isSecond ? current.current[`${before?.key} ${key}`] : undefined;
      const act = pair ?? current.current[key];
      before = { key, at: event.timeStamp };
      if (act === undefined) return;
      before = undefined;
      event.preventDefault();
      act();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}
