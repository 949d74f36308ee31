import { type StatusJson, statusSchema } from '../../server/contract.ts';
import type { ServerAddress } from '../shared/address.ts';
import { ask } from '../shared/api.ts';
import { CliError } from '../shared/error.ts';
import { type Check, notOk, ok } from './check.ts';

/** Whether the server answers, is well, and agrees on the time. */
export async function checkServer(server: ServerAddress): Promise<Check[]> {
  const asked = Date.now();
  try {
    const { value } = await ask(server, { path: '/api/v1/status' }, statusSchema);
    return [
      ok('server', `${server.url} answers (version ${value.version}; address from ${server.from}).`),
      ...value.upstreams.map(checkUpstream),
      ...checkBucket(value.bucket),
      ...checkHealth(value),
      checkClock(Date.parse(value.now), asked, Date.now()),
    ];
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return [
      notOk(
        'server',
        'problem',
        `${capitalised(error.message)}.`,
        error.next ?? 'Look at the log of the server.',
      ),
      notOk(
        'clock',
        'unknown',
        'The clock could not be compared with the server.',
        'Reach the server first.',
      ),
    ];
  }
}

function checkUpstream({ name, reachable, lastError }: StatusJson['upstreams'][number]): Check {
  const id = `upstream:${name}`;
  if (reachable === null) return ok(id, `The server has not needed ${name} yet.`);
  if (reachable && lastError !== null)
    return notOk(
      id,
      'warning',
      `The server reaches ${name}, which refuses: ${lastError}.`,
      'What it has is still served; what it lacks does not come in.',
    );
  if (reachable) return ok(id, `The server reaches ${name}.`);
  const why = lastError === null ? '' : `: ${lastError}`;
  return notOk(
    id,
    'warning',
    `The server does not reach ${name}${why}.`,
    'What it has is still served; nothing new comes in. Look at its network.',
  );
}

function checkBucket(bucket: StatusJson['bucket']): Check[] {
  if (bucket === null) return [];
  if (bucket.error === null) return [ok('bucket', `The server keeps crates in ${bucket.url}.`)];
  const next =
    'What it has copies of is still served; nothing new comes in. Look at [blobs] of its server.toml.';
  return [notOk('bucket', 'problem', bucket.error, next)];
}

function checkHealth(status: StatusJson): Check[] {
  const alarms = status.alarms.map(({ at, message }) =>
    notOk('alarm', 'warning', `Alarm of ${at}: ${message}`, '`safeguard mirror status` has more.'),
  );
  if (status.failing === 0) return alarms;
  const failing = `${status.failing} of ${status.crates} crates could not be read from upstream last time.`;
  return [
    ...alarms,
    notOk('polls', 'warning', failing, 'They are read again by themselves; the log of the server says why.'),
  ];
}

/** Above this, cool-downs end at times that people do not expect. */
const tolerated = 60_000;

/** The difference at its smallest: the answer was written somewhere between asking and receiving. */
function checkClock(theirs: number, asked: number, received: number): Check {
  const ahead = theirs > received ? theirs - received : theirs < asked ? theirs - asked : 0;
  if (Math.abs(ahead) <= tolerated) return ok('clock', 'The clock agrees with the server.');
  const seconds = Math.round(Math.abs(ahead) / 1000);
  return notOk(
    'clock',
    'warning',
    `The server's clock is ${seconds} seconds ${ahead > 0 ? 'ahead of' : 'behind'} this machine's.`,
    'Set both by a time server: cool-downs are counted by the clock.',
  );
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
