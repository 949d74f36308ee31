/** An index file cut into its lines. */
export interface IndexFileLines {
  readonly lines: readonly IndexFileLine[];
  readonly malformed: readonly MalformedLine[];
}

export interface IndexFileLine {
  /** The line without its newline; encoding it as UTF-8 gives back the bytes. */
  readonly text: string;
  /** 1-based. */
  readonly number: number;
}

export interface MalformedLine {
  /** 1-based. */
  readonly number: number;
  /** One clause. */
  readonly reason: string;
}

/** The longest line that is read, in bytes: the longest real ones have some tens of kilobytes. */
export const maxLineBytes = 4 * 1024 * 1024;

/** Cuts an index file at its newlines. Blank lines are skipped. Never throws; linear time. */
export function splitIndexFile(bytes: Uint8Array): IndexFileLines {
  const lines: IndexFileLine[] = [];
  const malformed: MalformedLine[] = [];
  for (let start = 0, number = 1; start < bytes.length; number++) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline === -1 ? bytes.length : newline;
    const text = end - start > maxLineBytes ? undefined : decode(bytes.subarray(start, end));
    if (text === undefined) {
      const reason = end - start > maxLineBytes ? `is longer than ${maxLineBytes} bytes` : 'is not UTF-8';
      malformed.push({ number, reason });
    } else if (!blank.test(text)) {
      lines.push({ text, number });
    }
    start = end + 1;
  }
  return { lines, malformed };
}

const blank = /^[ \t\r]*$/;
/** `ignoreBOM` keeps a byte-order mark in the text: JSON refuses it, and no byte is lost unseen. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
