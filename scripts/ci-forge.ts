/** What the forges that run a check have in common. */
/** Where a check runs, and who is told. */
export interface Ci {
  /** What is compared with: a commit; `undefined` for the whole of what is there. */
  readonly base: string | undefined;
  /** What the change is called where its verdict is kept, and its own newest commit, where that is not what is checked out. */
  readonly change: { readonly name: string; readonly head?: string | undefined } | undefined;
  /** The format of what is printed for the log. */
  readonly logFormat: string;
  /** Puts the comment where people see it. Throws where it may not be put. */
  readonly comment?: (markdown: string) => Promise<void>;
  /** Keeps the comment's text where no comment can be. */
  readonly summary: (markdown: string) => void;
  readonly sarif: (sarif: string) => Promise<void>;
}

/** First in every comment: by it the next run finds the comment again. */
export const marker = '<!-- safeguard -->';

/** Asks a forge's API. Throws with the status and the beginning of the answer. */
export async function ask(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body?: unknown,
): Promise<unknown> {
  const answer = await fetch(url, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await answer.text();
  if (!answer.ok)
    throw new Error(`${method} ${new URL(url).pathname}: ${answer.status} ${text.slice(0, 200)}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** A comment's text within a limit of characters, with the marker and, where it was cut, a word on that. */
export function commentBody(markdown: string, most: number): string {
  const whole = `${marker}\n${markdown}`;
  const cut = '\n\n*Cut here: the job’s log has all of it.*';
  return whole.length <= most ? whole : whole.slice(0, most - cut.length) + cut;
}
