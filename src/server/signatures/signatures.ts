import { createHash } from 'node:crypto';
import { bundleText } from '../../attest/bundle.ts';
import { signEnvelope } from '../../attest/dsse.ts';
import { AttestError } from '../../attest/error.ts';
import { payloadType, type Statement } from '../../attest/statement.ts';
import { vouchedStatements } from '../../attest/vouched.ts';
import type { MirrorContext } from '../../registry/context.ts';
import type { SigningRecord } from '../../store/signings.ts';
import type { StoreWriter } from '../../store/store.ts';
import { type Ci, type CiIdentity, readIdentity, skew } from '../build-sessions/ci-identity.ts';
import { type Refusal, refusal, tellRefusal } from '../build-sessions/refusal.ts';
import { remembered } from '../build-sessions/sessions.ts';
import type { Problem } from '../errors.ts';
import { rfc3339 } from '../shape.ts';
import { jobOf } from './job.ts';
import { wrongSession } from './session.ts';
import type { Signing } from './settings.ts';

/** What was signed, in the order in which it was brought: Sigstore bundles as JSON. */
export interface SignedStatements {
  readonly who: string;
  readonly bundles: readonly string[];
}

export interface SignatureSettings {
  readonly cis: readonly Ci[];
  /** Absent: this server signs nothing. */
  readonly signing: Signing | undefined;
  /** Who is told of alarms. */
  readonly wake: () => void;
}

/**
 * Signs what builds say, by a key that no job has: whoever brings statements proves by the token of its CI whose job it
 * is, and that is written into them. A token is good for the statements of one build.
 */
export class Signatures {
  readonly #context: MirrorContext;
  readonly #settings: SignatureSettings;

  constructor(context: MirrorContext, settings: SignatureSettings) {
    this.#context = context;
    this.#settings = settings;
  }

  /** Whose signatures they are. */
  signer(): Pick<Signing, 'builder' | 'key'> | Problem {
    const { signing } = this.#settings;
    return signing === undefined ? nothing : { builder: signing.builder, key: signing.key };
  }

  /** Signs statements (JSON) for the job that a token is of, brought from `address`. */
  async sign(
    token: string,
    statements: readonly string[],
    address: string,
  ): Promise<SignedStatements | Problem> {
    const { cis, signing } = this.#settings;
    const { clock, now: time, store } = this.#context;
    if (signing === undefined) return nothing;
    const doubt = clock.doubt();
    if (doubt !== undefined) return unavailable(doubt.reason);
    const reading = await readIdentity(token, cis, time(), 'sign');
    if (reading.kind === 'unknown') return unavailable(reading.reason);
    if (reading.kind === 'refused') return refused(reading.reason);
    const { identity } = reading;
    const known = jobOf(identity);
    if (typeof known === 'string') return refused(known);
    const isLate = reading.kind === 'late';
    let said: readonly Statement[];
    try {
      said = vouchedStatements(statements, { builder: signing.builder, ...known });
    } catch (error) {
      if (!(error instanceof AttestError)) throw error;
      return unsigned(error.message);
    }
    const wrong = await wrongSession(said, store);
    if (wrong !== undefined) return unsigned(wrong);
    const problem = await store.write(
      async (tx) => await this.#spend(tx, identity, isLate, statements, said, address),
    );
    if (problem !== undefined) {
      this.#settings.wake();
      return problem;
    }
    const bundles = said.map((one) =>
      bundleText(signEnvelope(payloadType, Buffer.from(JSON.stringify(one)), signing.signer)),
    );
    return { who: identity.who, bundles };
  }

  /** Has the token count for these statements: once, or again for the same ones, where an answer was lost. */
  async #spend(
    tx: StoreWriter,
    { digest, who, endsAt }: CiIdentity,
    isLate: boolean,
    statements: readonly string[],
    said: readonly Statement[],
    address: string,
  ): Promise<Problem | undefined> {
    const at = this.#context.now();
    await tx.forgetSignings(at);
    const brought = sha256Of(JSON.stringify(statements));
    const known = await tx.signing(digest);
    if (known?.statements === brought) return undefined;
    const record: SigningRecord = known ?? {
      identity: digest,
      who,
      statements: isLate ? null : brought,
      signedAt: at,
      refusals: 0,
      keepUntil: Math.max(endsAt + skew, at) + remembered,
    };
    if (known !== undefined) return await this.#refuse(tx, record, replayed(known), address, at);
    if (isLate) return await this.#refuse(tx, record, late(who, endsAt), address, at);
    await tx.putSigning(record);
    const files = new Map(
      said.flatMap(({ subject }) => subject.map(({ name, digest: { sha256 } }) => [sha256 ?? '', name])),
    );
    await this.#context.auditor?.note(tx, {
      actor: who,
      role: 'build',
      address,
      at,
      action: 'statements.signed',
      subject: who,
      before: null,
      after: {
        files: [...files].map(([sha256, name]) => ({ name, sha256 })),
        statements: said.map((one) => sha256Of(JSON.stringify(one))),
      },
    });
    return undefined;
  }

  async #refuse(
    tx: StoreWriter,
    record: SigningRecord,
    refusal: Refusal,
    address: string,
    at: number,
  ): Promise<Problem> {
    const { identity, who, refusals } = record;
    await tx.putSigning({ ...record, refusals: refusals + 1 });
    const of = { action: 'statements.refused', identity, who, refusals, address, at } as const;
    return await tellRefusal(tx, this.#context, refusal, of);
  }
}

function replayed({ who, statements, signedAt }: SigningRecord): Refusal {
  const first = statements === null ? 'was brought too late' : 'had other statements signed';
  return refusal(
    'signing-replayed',
    403,
    `The identity of ${who} ${first} at ${rfc3339(signedAt)}, and was brought once more.`,
    'If the first time was not that build’s own, somebody has its token: look at that job, and trust nothing that was signed for it.',
  );
}

function late(who: string, endsAt: number): Refusal {
  return refusal(
    'signing-late',
    401,
    `The identity of ${who} ended at ${rfc3339(endsAt)}, and statements were brought after that.`,
    'Ask the CI for a token at the end of the build; where it gives one for each job alone, have it last as long as the job.',
  );
}

function refused(reason: string): Problem {
  return { status: 401, code: 'signing/refused', detail: `The CI's token is not taken: ${reason}.` };
}

function unsigned(reason: string): Problem {
  return {
    status: 422,
    code: 'signing/statement',
    detail: `This is not signed: ${reason}. Nothing was, and the token still counts.`,
  };
}

function unavailable(reason: string): Problem {
  return {
    status: 503,
    code: 'signing/unavailable',
    detail: `Nothing is signed now: ${reason}`,
    retryAfter: 30,
  };
}

const nothing: Problem = {
  status: 404,
  code: 'signing/none',
  detail: 'This server signs nothing: [signing] of its server.toml names the key that would.',
};

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
