import type { FastifyInstance } from 'fastify';
import type { Approval } from '../../facts/approval.ts';
import { parseAllowList } from '../../policy/allow-list.ts';
import { isLapsed } from '../../policy/build-code-standing.ts';
import { questionsIn } from '../../registry/questions.ts';
import { debtByWeek, lookBack } from '../approvals/debt.ts';
import { waitingByAbility } from '../approvals/waiting.ts';
import { type ApprovalsJson, approvalsSchema } from '../approvals-contract.ts';
import { needs } from '../identity/needs.ts';
import type { ServerParts } from '../parts.ts';

/** Weeks of debt that are shown. */
const weeks = 12;
/** Releases that wait, as many as are grouped. */
const most = 1000;

/** What people approved of code that runs at build time, what waits for them, and how that came about. */
export function approvalRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { mirror, store, refusals } = parts;
  const { context } = mirror;

  app.get(
    '/api/v1/approvals',
    needs('releases:read', {
      summary: 'Say what was approved of build code, what waits by what it can do, and how that grew',
      answer: approvalsSchema,
    }),
    async (_request, reply) => {
      const now = context.now();
      const { policy } = context.policy;
      const { kept, unreadable, approvals } = listOf(parts);
      await refusals.flush();
      const [wanted, moves, { releases }] = await Promise.all([
        store.mostWanted({ states: ['review'], limit: most }),
        store.reviewMoves(now - lookBack(weeks)),
        store.counts(),
      ]);
      const answer: ApprovalsJson = {
        kept,
        unreadable,
        approved: approvals.map((one) => approvedJson(one, now)).sort((a, b) => (a.at < b.at ? 1 : -1)),
        waiting: waitingByAbility(wanted, (release) => questionsIn(release, policy)),
        debt: debtByWeek(weeks, now, releases.review, moves, approvals),
      };
      return reply.send(answer);
    },
  );
}

/** The organisation's list as it is now; one that does not read is said to, and no reason to show nothing. */
function listOf({ approvals, log }: ServerParts): {
  readonly kept: boolean;
  readonly unreadable: string | null;
  readonly approvals: readonly Approval[];
} {
  try {
    const source = approvals();
    if (source === undefined) return { kept: false, unreadable: null, approvals: [] };
    return { kept: true, unreadable: null, approvals: parseAllowList(source) };
  } catch (error) {
    log.failure(error, 'reading the list of approvals');
    const unreadable = 'The list of approvals cannot be read; the server’s log says why.';
    return { kept: true, unreadable, approvals: [] };
  }
}

function approvedJson(approval: Approval, now: number): ApprovalsJson['approved'][number] {
  const { crate, kind, version, by, at, reason, expires, grandfathered, capabilities } = approval;
  const standing = isLapsed(approval, now) ? 'lapsed' : grandfathered === true ? 'unread' : 'stands';
  return {
    crate,
    kind,
    version,
    by,
    at: new Date(at).toISOString(),
    reason,
    expires: expires ?? null,
    standing,
    capabilities,
  };
}
