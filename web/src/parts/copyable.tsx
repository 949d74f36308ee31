import { useState } from 'react';

/** A command to type, which one click copies. */
export function Copyable({ text }: { readonly text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <span className="copyable">
      <code>{text}</code>
      {/* Only over HTTPS, or to this machine itself, is there a clipboard. */}
      {'clipboard' in navigator && (
        <button type="button" className="plain" onClick={() => void copy()} onBlur={() => setCopied(false)}>
          {copied ? 'Copied' : 'Copy'}
        </button>
      )}
    </span>
  );
}
