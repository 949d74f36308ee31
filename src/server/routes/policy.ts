import type { FastifyInstance } from 'fastify';
import type { AuditEntry } from '../../audit/entry.ts';
import type { DecisionSettings } from '../../policy/decisions.ts';
import { PolicyError } from '../../policy/error.ts';
import { loadPolicy, type Policy } from '../../policy/policy.ts';
import { describeSettings, type SettingDescription, writtenValue } from '../../policy/schema.ts';
import { comparePolicies } from '../../registry/backtest/compare.ts';
import type { Outcome } from '../../registry/backtest/replay.ts';
import { upstreamOf } from '../../registry/context.ts';
import { savePolicy } from '../../registry/saved-policy.ts';
import { badRequest, sendProblem } from '../errors.ts';
import { callerOf } from '../identity/guard.ts';
import { needs } from '../identity/needs.ts';
import type { ServerParts } from '../parts.ts';
import {
  type PolicyJson,
  policyQuerySchema,
  policySchema,
  type SimulatedJson,
  savedPolicySchema,
  savePolicySchema,
  simulatedSchema,
  simulateSchema,
} from '../policy-contract.ts';
import { ServeError } from '../serve-error.ts';
import { rfc3339 } from '../shape.ts';
import { isTried, noteTrial } from '../trials.ts';

const day = 86_400_000;
/** What of the past one question may take. */
const most = { crates: 2_000, differing: 200 };

/** Who put a policy in force at a moment, and why: the audit log has it from the same transaction. */
function whoActivated(
  activations: readonly AuditEntry[],
  digest: string,
  at: number,
): { readonly by: string | null; readonly reason: string | null } {
  const entry = activations.find((one) => one.at === at && one.after?.digest === digest);
  const reason = entry?.after?.reason;
  return { by: entry?.actor ?? null, reason: typeof reason === 'string' ? reason : null };
}

/** The policy in force: every value with its origin; and what another one would have done. */
export function policyRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { mirror, store, defaultRegistry, policyFile } = parts;
  const { context } = mirror;
  let trying = false;

  app.get(
    '/api/v1/policy',
    needs('policy:read', {
      summary: 'Show the policy in force, and those before it',
      query: policyQuerySchema,
      answer: policySchema,
    }),
    async (request, reply) => {
      const query = policyQuerySchema.safeParse(request.query);
      if (!query.success) return badRequest(request, reply, 'Give limit up to 200, or nothing.');
      const { policy, since } = context.policy;
      const past = await store.policyHistory(query.data.limit);
      const activations = await store.auditOf(['policy.activated']);
      const proposed = await store.proposals.list(policy.digest);
      const answer: PolicyJson = {
        digest: policy.digest,
        since: rfc3339(since),
        text: policy.text,
        settings: describeSettings()
          .filter(({ section }) => section !== 'waivers')
          .map((setting) => settingJson(policy, setting)),
        rules: policy.custom.map(({ definition: { id, effect, when, ...more } }) => ({
          id,
          effect,
          when,
          dryRun: more['dry-run'] === true,
        })),
        waivers: policy.waivers.map(({ rule, crate, version, by, reason, expires }) => ({
          rule,
          crate,
          version,
          by,
          reason,
          expires,
        })),
        saving: {
          file: policyFile?.path ?? null,
          isPossible: (await policyFile?.isWritable()) ?? false,
          people: (policy.settings.decisions as DecisionSettings).people,
        },
        proposals: proposed
          .filter(({ authorEndedAt }) => authorEndedAt === null || authorEndedAt > context.now())
          .map(({ digest, by, at, reason, text }) => ({ digest, by, at: rfc3339(at), reason, text })),
        history: past.map(({ digest, at, text }) => ({
          digest,
          at: rfc3339(at),
          text,
          ...whoActivated(activations, digest, at),
        })),
      };
      return reply.send(answer);
    },
  );

  app.post(
    '/api/v1/policy',
    needs('policy:save', {
      summary:
        'Write a policy that was tried to the server’s file and put it in force, once enough people want it',
      body: savePolicySchema,
      answer: savedPolicySchema,
      refusals: [409, 422],
    }),
    async (request, reply) => {
      const body = savePolicySchema.safeParse(request.body);
      if (!body.success)
        return badRequest(request, reply, 'Give JSON with text (a policy), reason and base (a digest).');
      if (policyFile === undefined) {
        const detail =
          'This server was started without a file for its policy: name one (`safeguard serve --policy safeguard.toml`), which may be empty.';
        return sendProblem(request, reply, { status: 409, code: 'server/no-policy-file', detail });
      }
      const actor = callerOf(request);
      try {
        const { text, base } = body.data;
        const act = { ...body.data, actor, isTried: await isTried(store, text, base, context.now()) };
        const saved = await savePolicy(context, policyFile, act);
        parts.log.info(
          `${actor.name} saved a policy (digest ${saved.digest.slice(0, 12)}): ${saved.outcome}`,
        );
        parts.wake();
        return await reply.send(saved);
      } catch (error) {
        if (error instanceof PolicyError)
          return sendProblem(request, reply, { status: 422, code: error.code, detail: error.message });
        if (!(error instanceof ServeError)) throw error;
        return sendProblem(request, reply, { status: 409, code: error.code, detail: error.message });
      }
    },
  );

  app.post(
    '/api/v1/policy/simulate',
    needs('policy:try', {
      summary: 'Say what another policy would have done to what came out lately; it changes nothing',
      body: simulateSchema,
      answer: simulatedSchema,
      refusals: [404, 422],
    }),
    async (request, reply) => {
      const body = simulateSchema.safeParse(request.body);
      if (!body.success)
        return badRequest(request, reply, 'Give JSON with text (a policy) and, up to 365, days.');
      const { text, days, registry = defaultRegistry } = body.data;
      upstreamOf(context, registry);
      const tried = read(text);
      if (tried instanceof PolicyError)
        return sendProblem(request, reply, { status: 422, code: tried.code, detail: tried.message });
      if (trying) {
        const detail = 'Another policy is being tried: ask again when that is done.';
        return sendProblem(request, reply, { status: 429, code: 'server/busy', detail, retryAfter: 10 });
      }
      trying = true;
      try {
        const { policy } = context.policy;
        const until = context.now();
        const since = until - days * day;
        const feeds = context.feeds.knowledge().advisories.flatMap(({ feed }) => feed ?? []);
        const namespace = context.people.namespace(tried);
        const plan = { before: policy, after: tried, registry, feeds, namespace, since, until, most };
        const { differing, before, after, ...counts } = await comparePolicies(store, plan);
        await noteTrial(store, text, policy.digest, context.now());
        const answer: SimulatedJson = {
          digest: tried.digest,
          isSame: tried.digest === policy.digest,
          changed: changedSettings(policy, tried),
          since: rfc3339(since),
          until: rfc3339(until),
          ...counts,
          before: { ...before },
          after: { ...after },
          differing: differing.map(({ published, before, after, ...release }) => ({
            ...release,
            published: rfc3339(published),
            before: outcomeJson(before),
            after: outcomeJson(after),
          })),
        };
        return await reply.send(answer);
      } finally {
        trying = false;
      }
    },
  );
}

function read(text: string): Policy | PolicyError {
  try {
    return loadPolicy({ file: 'policy.toml', text });
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
}

function settingJson(policy: Policy, setting: SettingDescription): PolicyJson['settings'][number] {
  const { section, key, description, defaultValue } = setting;
  const origin = policy.origins.get(`${section}.${key}`);
  return {
    section,
    key,
    description,
    value: writtenValue(setting, origin) ?? null,
    default: defaultValue ?? null,
    origin: origin?.layer ?? 'default',
    line: origin?.line ?? null,
  };
}

function changedSettings(before: Policy, after: Policy): SimulatedJson['changed'] {
  return describeSettings().flatMap((setting) => {
    const { section, key } = setting;
    const path = `${section}.${key}`;
    const [was, is] = [before, after].map(({ origins }) => writtenValue(setting, origins.get(path)) ?? null);
    return JSON.stringify(was) === JSON.stringify(is) ? [] : [{ section, key, before: was, after: is }];
  });
}

function outcomeJson(outcome: Outcome): SimulatedJson['differing'][number]['before'] {
  const { kind } = outcome;
  if (kind === 'admitted') return { kind, at: rfc3339(outcome.at) };
  if (kind === 'held' && outcome.until !== undefined) return { kind, until: rfc3339(outcome.until) };
  return { kind };
}
