import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { crateName, crateVersion, readBody, readShape } from './body.ts';
import {
  accepted,
  type EventSettings,
  type EventSource,
  type Refused,
  type ReleaseChange,
  type ReleaseEvent,
  refused,
} from './delivery.ts';
import { onlyOneSecret, sharedKeys, twoSecrets } from './settings.ts';
import { bodyId, headerValue, hexDigest, hmac, sameDigest, sameSecret } from './signature.ts';

const minute = 60_000;

const event = z.object({ domain: z.string(), event_type: z.string(), data: z.unknown().optional() });
const artifact = z.object({
  path: z.string(),
  // Moved and copied: the repository, in some versions with the path after it.
  source_repo_path: z.string().nullish(),
  target_repo_path: z.string().nullish(),
});

const changes: Readonly<Record<string, ReleaseChange>> = {
  'artifact/deployed': 'published',
  'artifact/cached': 'published',
  'artifact/copied': 'published',
  'artifact/deleted': 'deleted',
  // A yank is a property of the archive here; which one is set, the index says when it is read again.
  'artifact_property/added': 'updated',
  'artifact_property/deleted': 'updated',
};

/**
 * Artifactory: authenticated by one header that holds the secret or, with signing switched on, a digest.
 * A delivery has neither a time nor an id. So a recorded one can be sent again, and does no more than
 * have a crate read again; and the id, the digest of the body, is only good for the minutes in which
 * retries come: a file that is deployed, deleted and deployed again makes the same body twice.
 */
export const artifactory: EventSource = {
  name: 'artifactory',
  settings: z
    .strictObject({
      ...sharedKeys('The secret token of the webhook.'),
      mode: z
        .enum(['secret', 'hmac'])
        .default('hmac')
        .describe(
          'hmac: the webhook has "Use secret for payload signing" ticked. secret: it has not, and sends the secret itself.',
        ),
    })
    .refine(onlyOneSecret, twoSecrets),
  remember: 10 * minute,
  refuseSecret: () => undefined,
  receive(headers, bytes, settings) {
    const json = readBody(bytes, () => refuseAuthentication(headers, bytes, settings));
    if (json.kind === 'refused') return json;
    const read = readShape(json.value, event, 'an Artifactory event');
    if (read.kind === 'refused') return read;
    const { domain, event_type, data } = read.value;
    if (domain !== 'artifact' && domain !== 'artifact_property') return accepted([]);
    const about = readShape(data, artifact, 'an Artifactory artifact event');
    if (about.kind === 'refused') return about;
    const kind = `${domain}/${event_type}`;
    const change = Object.hasOwn(changes, kind) ? (changes[kind] ?? 'other') : 'other';
    return accepted(
      releases(about.value).map(
        (release, index): ReleaseEvent => ({ id: `${bodyId(bytes)}/${index}`, ...release, change }),
      ),
    );
  },
};

type Release = Pick<ReleaseEvent, 'crate' | 'version'>;

/** The releases that an event is about: one, or two where a move or a copy changed the path. */
function releases(about: z.output<typeof artifact>): readonly Release[] {
  const paths = [
    about.path,
    afterRepository(about.source_repo_path),
    afterRepository(about.target_repo_path),
  ];
  const found = paths.map(releaseOfPath).filter((release) => release !== undefined);
  return [
    ...new Map(found.map((release) => [`${release.crate}/${release.version ?? ''}`, release])).values(),
  ];
}

function afterRepository(path: string | null | undefined): string {
  return path?.replace(/^\/?[^/]*\//, '') ?? '';
}

/**
 * The release stored at `crates/{name}/{name}-{version}.crate`, or the crate whose folder it is; nothing
 * for another path, which Artifactory does not index as a crate either. Names and versions both contain
 * `-`, so the folder says where the name ends; the file says how it is spelled.
 */
export function releaseOfPath(path: string): Release | undefined {
  const [crates, folder, file, ...deeper] = path.replace(/^\//, '').replace(/\/$/, '').split('/');
  if (crates !== 'crates' || folder === undefined || deeper.length > 0) return undefined;
  if (!crateName.safeParse(folder).success) return undefined;
  if (file === undefined) return { crate: folder };
  const crate = file.slice(0, folder.length);
  if (canonical(crate) !== canonical(folder)) return undefined;
  const version = /^-(.+)\.crate$/.exec(file.slice(folder.length))?.[1]?.replace(/%2b/i, '+');
  return crateVersion.safeParse(version).success && version !== undefined ? { crate, version } : undefined;
}

function canonical(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}

function refuseAuthentication(
  headers: IncomingHttpHeaders,
  bytes: Buffer,
  settings: EventSettings,
): Refused | undefined {
  const { secret, mode = 'hmac' } = settings;
  if (secret === undefined) return undefined;
  if (secret === '') return refused(401, 'The configured secret is empty.');
  const header = headerValue(headers, 'x-jfrog-event-auth');
  if (header === undefined) {
    return refused(401, 'The delivery has no X-JFrog-Event-Auth, and a secret is configured.');
  }
  // Node gives header bytes as Latin-1, whatever they were.
  const isSecret = sameSecret(Buffer.from(header, 'latin1'), Buffer.from(secret));
  if (mode === 'secret') {
    return isSecret ? undefined : refused(401, 'The X-JFrog-Event-Auth is not the configured secret.');
  }
  const given = hexDigest(header, 'sha256');
  if (given !== undefined && sameDigest(given, hmac('sha256', secret, bytes))) return undefined;
  return refused(
    401,
    isSecret
      ? 'The webhook sends its secret instead of a signature; tick "Use secret for payload signing" in Artifactory.'
      : 'The X-JFrog-Event-Auth is not a valid signature of the delivery.',
  );
}
