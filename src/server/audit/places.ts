import type { AuditHead } from '../../audit/entry.ts';
import type { AnchorPlace } from '../../registry/duties/anchors.ts';
import { postJson } from '../../registry/notify/post.ts';
import { appendLine, linesOf } from './lines.ts';
import { headJson, headsIn } from './shape.ts';

/** The file of a data folder that heads are kept in. */
export const headsFile = 'audit-heads.jsonl';

/** Heads as lines of JSON in a file, each on disk before it counts: on another disk, or one that is only written to. */
export function fileOfHeads(path: string): AnchorPlace {
  return {
    name: path,
    last: async () => headsIn(await linesOf(path)).at(-1),
    keep: async (head) => await appendLine(path, JSON.stringify(headJson(head))),
  };
}

/**
 * Heads posted to a web address as JSON. Whoever takes them says nothing of the last one: after a start the newest is
 * posted again.
 */
export function postOfHeads(url: URL): AnchorPlace {
  return {
    name: url.host,
    last: async () => undefined,
    keep: (head: AuditHead, signal) => postJson(url, JSON.stringify(headJson(head)), {}, signal),
  };
}
