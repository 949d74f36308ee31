import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import type { StatedPart } from '../../inventory/large/upload.ts';
import type { StatedComponent, StatementHead } from '../../inventory/statement.ts';
import { addedSchema } from '../../server/artefact-contract.ts';
import { partTakenSchema, uploadBegunSchema } from '../../server/upload-contract.ts';
import type { ServerAddress } from '../shared/address.ts';
import { type Answer, ask } from '../shared/api.ts';
import { CliError } from '../shared/error.ts';

/** Components of an artefact beyond which it is sent in parts. */
export const mostInOne = 20_000;

/** Components, lists or roots of one part, and edges. */
const inPart = 2500;
const edgesInPart = 20_000;
/** Parts that are under way at once; whoever sends more waits. */
const atOnce = 2;
/** Milliseconds after which a part is sent again that the server did not take: it may be starting anew. */
const pauses = [500, 2000, 5000, 10_000];

/** Sends an artefact in parts. Each is held until the server has it, and no more than two are. */
export class PartsSender {
  readonly #server: ServerAddress;
  readonly #upload: string;
  readonly #digests: string[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #failure: unknown;

  private constructor(server: ServerAddress, upload: string) {
    this.#server = server;
    this.#upload = upload;
  }

  /** Begins an upload. Throws `CliError`. */
  static async begin(server: ServerAddress): Promise<PartsSender> {
    const request = { method: 'POST', path: '/api/v1/artefact-uploads', acts: true } as const;
    const { value } = await ask(server, request, uploadBegunSchema);
    return new PartsSender(server, value.upload);
  }

  async components(list: readonly StatedComponent[]): Promise<void> {
    for (let from = 0; from < list.length; from += inPart)
      await this.#send({
        components: list.slice(from, from + inPart).map(({ uses: _, ...stated }) => stated),
      });
  }

  async uses(all: Iterable<readonly [from: number, to: readonly number[]]>): Promise<void> {
    let [uses, edges]: [[number, readonly number[]][], number] = [[], 0];
    for (const [from, to] of all) {
      uses.push([from, to]);
      edges += to.length;
      if (uses.length < inPart && edges < edgesInPart) continue;
      await this.#send({ uses });
      [uses, edges] = [[], 0];
    }
    if (uses.length > 0) await this.#send({ uses });
  }

  async roots(list: readonly number[]): Promise<void> {
    for (let from = 0; from === 0 || from < list.length; from += inPart)
      await this.#send({ roots: list.slice(from, from + inPart) });
  }

  /** Adds the artefact that was sent. Throws `CliError`. */
  async end(
    artefact: StatementHead,
    bundles: readonly string[] | undefined,
  ): Promise<Answer<z.output<typeof addedSchema>>> {
    await Promise.all(this.#underWay);
    if (this.#failure !== undefined) throw this.#failure;
    const body = { artefact, parts: this.#digests, ...(bundles === undefined ? {} : { bundles }) };
    return await this.#patiently(() =>
      ask(
        this.#server,
        { method: 'POST', path: this.#path('end'), body, acts: true, patience: 300_000 },
        addedSchema,
      ),
    );
  }

  /** Takes back what was sent; where the server cannot be asked it forgets it by itself. */
  async abandon(): Promise<void> {
    await Promise.all(this.#underWay);
    const request = { method: 'DELETE', path: this.#path(''), acts: true } as const;
    await ask(this.#server, request, z.unknown()).catch(() => {});
  }

  async #send(part: StatedPart): Promise<void> {
    while (this.#underWay.size >= atOnce) await Promise.race(this.#underWay);
    if (this.#failure !== undefined) throw this.#failure;
    const text = JSON.stringify(part);
    this.#digests.push(createHash('sha256').update(text).digest('hex'));
    const path = this.#path(`parts/${this.#digests.length}`);
    const sent = this.#patiently(() =>
      ask(this.#server, { method: 'POST', path, text, acts: true, patience: 120_000 }, partTakenSchema),
    ).then(
      () => {},
      (error: unknown) => {
        this.#failure ??= error;
      },
    );
    const own: Promise<void> = sent.finally(() => this.#underWay.delete(own));
    this.#underWay.add(own);
  }

  async #patiently<T>(attempt: () => Promise<T>): Promise<T> {
    for (const pause of pauses)
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof CliError) || error.code !== 'cli/unreachable') throw error;
        await setTimeout(pause);
      }
    return await attempt();
  }

  #path(rest: string): string {
    return `/api/v1/artefact-uploads/${this.#upload}${rest === '' ? '' : `/${rest}`}`;
  }
}
