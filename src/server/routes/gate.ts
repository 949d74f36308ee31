import type { FastifyInstance, FastifyRequest } from 'fastify';
import { check } from '../../gate/check.ts';
import { GateError } from '../../gate/error.ts';
import { GitCommits } from '../../gate/git-source/commits.ts';
import { withGitPackages } from '../../gate/git-source/facts.ts';
import { approvalsFrom } from '../../gate/judgement/approvals.ts';
import { CargoHome } from '../../gate/project/cargo-home.ts';
import { maxLockfileBytes, parseNamed } from '../../gate/project/lockfile-reader.ts';
import { gateVerdictSchema } from '../../gate/report/schema.ts';
import { allowListPath } from '../../policy/allow-list.ts';
import { PolicyError } from '../../policy/error.ts';
import type { TomlSource } from '../../policy/toml.ts';
import { hostOf, ownIndexes } from '../address.ts';
import { badRequest, sendProblem } from '../errors.ts';
import {
  changesRequestSchema,
  type FactsAnswerJson,
  factsAnswerSchema,
  factsRequestSchema,
  maxAsked,
} from '../gate-contract.ts';
import { standingOf, tokenOfRequest, tokenTextOf } from '../identity/guard.ts';
import { needs } from '../identity/needs.ts';
import { mayDo } from '../identity/roles.ts';
import { isForeign } from '../identity/sessions.ts';
import { ownerOf } from '../identity/tokens.ts';
import { keepChange } from '../kept-changes.ts';
import { mirrorFacts } from '../mirror-facts.ts';
import type { ServerParts } from '../parts.ts';
import { sentProject } from '../sent-project.ts';

/** What the gate asks: facts for a lockfile's packages, all at once, or the whole verdict on a change. */
export function gateRoutes(app: FastifyInstance, parts: ServerParts): void {
  app.post(
    '/api/v1/facts',
    {
      bodyLimit: 4 * 1024 * 1024,
      ...needs('releases:read', {
        summary: 'Give the facts of a lockfile’s packages',
        body: factsRequestSchema,
        answer: factsAnswerSchema,
        refusals: [502],
      }),
    },
    async (request, reply) => {
      const body = factsRequestSchema.safeParse(request.body);
      if (!body.success) {
        const detail = `Give JSON with packages (crate, version, source, bytes, base, only) and crates, at most ${maxAsked} of each.`;
        return badRequest(request, reply, detail);
      }
      const port = factsOf(parts, request);
      const { now, advisories, answers } = await port.facts(body.data.packages);
      const crates = await port.releases(body.data.crates);
      const approved = parts.approvals();
      const answer = {
        now: new Date(now).toISOString(),
        policy: { text: organisation(parts).text },
        ...(approved === undefined ? {} : { approvals: { text: approved.text } }),
        ...(advisories === undefined ? {} : { advisories }),
        packages: answers.map((known) => known ?? null),
        crates,
      };
      return reply.send(answer as unknown as FactsAnswerJson);
    },
  );

  app.post(
    '/api/v1/changes',
    {
      bodyLimit: 3 * maxLockfileBytes,
      ...needs('releases:read', {
        summary: 'Judge a lockfile, or a change of one',
        most: 600,
        body: changesRequestSchema,
        answer: gateVerdictSchema,
        refusals: [422, 502],
      }),
    },
    async (request, reply) => {
      const body = changesRequestSchema.safeParse(request.body);
      if (!body.success) {
        const detail =
          'Give JSON with lockfile and, where there was one before, base; policy and manifests are optional.';
        return badRequest(request, reply, detail);
      }
      const { lockfile, base, file, policy, allow, baseAllow } = body.data;
      try {
        const input = {
          head: parseNamed(Buffer.from(lockfile), file),
          base: base === undefined ? undefined : parseNamed(Buffer.from(base), `${file} (before)`).lockfile,
          project: policy === undefined ? undefined : { file: 'safeguard.toml', text: policy },
          approvals: approvalsFrom({
            file: allowListPath,
            text: allow,
            before: baseAllow,
            compared: base !== undefined,
          }),
          ...sentProject(body.data),
        };
        // The server has no repositories: what comes from git is not read here, and that is said.
        const port = withGitPackages(factsOf(parts, request), {
          commits: new GitCommits({ cargoHome: new CargoHome(undefined), cache: undefined }),
          project: input.project,
          offline: true,
        });
        const report = await check(input, port);
        const by = await knownCaller(request, parts);
        if (by !== undefined) {
          const { name = file, commit, headCommit } = body.data;
          const compared = base !== undefined;
          const of = { compared, lockfile, base, commit, headCommit };
          const change = { by, name, file, judged: 'server', ...of, report } as const;
          const id = await keepChange(parts.store, change, parts.mirror.context.now());
          reply.header('location', `/changes/${id}`);
        }
        return await reply.send(report);
      } catch (error) {
        if (!(error instanceof GateError) && !(error instanceof PolicyError)) throw error;
        const next = error instanceof GateError && error.next !== undefined ? ` ${error.next}` : '';
        return sendProblem(request, reply, {
          status: 422,
          code: error.code,
          detail: `${error.message}${next}`,
        });
      }
    },
  );
}

/** The name of whoever asks with a token, also where none is wanted; `undefined` where nothing of his is kept. */
async function knownCaller(request: FastifyRequest, parts: ServerParts): Promise<string | undefined> {
  const { store, guesses } = parts;
  const { now } = parts.mirror.context;
  // A browser sends its cookie along with what a page of another place asks for.
  if (tokenTextOf(request) === undefined && isForeign(request, hostOf(parts, request))) return undefined;
  const standing = standingOf(await tokenOfRequest(request, { store, guesses, now }), now());
  if (standing.kind !== 'valid' || !mayDo(standing.token.role, 'changes:keep')) return undefined;
  return ownerOf(standing.token);
}

function factsOf(parts: ServerParts, request: FastifyRequest) {
  return mirrorFacts(parts.mirror, {
    reading: 'recorded',
    organisation: organisation(parts),
    approvals: parts.approvals(),
    own: ownIndexes(parts, request),
  });
}

function organisation({ mirror }: ServerParts): TomlSource {
  return { file: 'the organisation’s policy', text: mirror.context.policy.policy.text };
}
