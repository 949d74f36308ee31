/** A sealed build that fetches with a session: what opens the mirror is nowhere but in the one process that asks it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { environment, safeguard } from '../cli/support.ts';
import { cargoProject } from '../support/cargo.ts';
import { get } from '../support/http.ts';
import { triple, unsealed } from '../support/sealed.ts';
import { stage } from '../support/stage.ts';

/** Looks for a session, or for what begins as a token does, in all that it can see. */
const looking = `
pub fn found() -> String {
    let marks: [Vec<u8>; 2] = [[b"sg".as_slice(), b"b_"].concat(), [b"s".as_slice(), b"g_"].concat()];
    let mut seen = Vec::new();
    let mut look = |name: String, bytes: Vec<u8>| {
        for mark in &marks {
            for (at, window) in bytes.windows(mark.len() + 43).enumerate() {
                let rest = &window[mark.len()..];
                if window.starts_with(mark) && rest.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-' || *b == b'_') {
                    seen.push(format!("{name} at {at}: {}", String::from_utf8_lossy(&rest[..4])));
                }
            }
        }
    };
    for (name, value) in std::env::vars() { look(name, value.into_bytes()); }
    let mut folders = vec![std::path::PathBuf::from("/build"), "/tmp".into(), "/etc".into(), "/proc".into()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let (path, kind) = (entry.path(), entry.file_type());
            let inside = !path.starts_with("/build/toolchain") && !path.starts_with("/build/target");
            let number = path.starts_with("/proc") && path.to_string_lossy()[6..].starts_with(|c: char| c.is_ascii_digit());
            if kind.as_ref().is_ok_and(|k| k.is_dir()) && inside && (!path.starts_with("/proc") || (number && folder == std::path::Path::new("/proc"))) { folders.push(path); }
            else if kind.is_ok_and(|k| k.is_file()) && (!path.starts_with("/proc") || path.ends_with("environ") || path.ends_with("cmdline")) {
                look(path.display().to_string(), std::fs::read(&path).unwrap_or_default());
            }
        }
    }
    // One that is there to be found shows that it would be.
    let witnesses = seen.iter().filter(|one| one.ends_with(": xxxx")).count();
    seen.retain(|one| !one.ends_with(": xxxx"));
    format!("{} {:?}", witnesses > 0, seen)
}
`;

interface Passed {
  readonly path: string;
  readonly authorization: string | undefined;
}

/** A server before the mirror that says what comes by, and looks at the machine when the first archive is asked for. */
async function front(
  t: TestContext,
  to: string,
  onFetch: () => void,
): Promise<{ url: string; passed: Passed[] }> {
  const passed: Passed[] = [];
  const server = createServer((asked, answer) => {
    const { authorization, upgrade: _, connection: __, 'http2-settings': ___, ...headers } = asked.headers;
    const sent = authorization === undefined ? headers : { ...headers, authorization };
    passed.push({ path: asked.url ?? '', authorization });
    if (/\/download$/.test(asked.url ?? '')) onFetch();
    const further = request(to + asked.url, { method: asked.method ?? 'GET', headers: sent }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(answer);
    });
    further.on('error', () => answer.destroy());
    asked.pipe(further);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, passed };
}

/** Processes of this machine whose arguments or variables have a text. */
function processesWith(text: string): readonly string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    return ['cmdline', 'environ'].flatMap((file) => {
      try {
        return readFileSync(`/proc/${pid}/${file}`).includes(text)
          ? [`${file} of ${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()}`]
          : [];
      } catch {
        return [];
      }
    });
  });
}

function filesWith(text: string, folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => {
    const file = join(folder, path);
    return lstatSync(file).isFile() && readFileSync(file).includes(text);
  });
}

test('cargo, scripts and macros of a build hold no token, and none is left in any file', {
  skip: unsealed,
}, async (t) => {
  const s = await stage(t, { config: 'auth-required = true\n' });
  const pubtime = '2020-01-01T00:00:00Z';
  s.publish('nosy', '1.0.0', {
    pubtime,
    buildScript: `${looking}\nfn main() { println!("cargo::rustc-env=FOUND={}", found()); }\n`,
    lib: 'pub const FOUND: &str = env!("FOUND");\n',
  });
  s.publish('nosy-macro', '1.0.0', {
    pubtime,
    procMacro: true,
    lib: `${looking.replace('pub fn', 'fn')}\n#[proc_macro]\npub fn look(_: proc_macro::TokenStream) -> proc_macro::TokenStream { format!("{:?}", found()).parse().unwrap() }\n`,
  });
  s.publish('apart', '1.0.0', { pubtime });
  const make = async (name: string, role: string) => {
    const body = { name, role };
    const made = await s.mirror.call('/api/v1/tokens', { method: 'POST', body, token: s.mirror.token() });
    return ((await made.json()) as { token: string }).token;
  };
  const [key, reader] = [await make('nightly', 'build'), await make('dev', 'reader')];
  let during: readonly (readonly string[])[] = [];
  const { url, passed } = await front(t, s.mirror.url, () => {
    const session = passed.at(-1)?.authorization ?? 'nothing';
    if (during.length === 0) during = [processesWith(session), processesWith(key)];
  });

  const project = cargoProject(
    {
      dependencies: { nosy: '1', 'nosy-macro': '1' },
      main: 'fn main() { println!("{} {}", nosy::FOUND, nosy_macro::look!()); }\n',
    },
    t,
  );
  const env = { ...environment(project.dir), CARGO_HOME: project.cargoHome, HOME: project.cargoHome };
  const init = await safeguard(['init', '--server', url], { cwd: project.dir, env });
  assert.equal(init.code, 0, init.stderr);
  const locked = await project.run(['generate-lockfile'], { CARGO_REGISTRIES_SAFEGUARD_TOKEN: reader });
  assert.equal(locked.code, 0, locked.stderr);
  passed.length = 0;

  const build = (more: Readonly<Record<string, string>>) =>
    safeguard(['build', '--exchange', '--server', url, '--env', 'WITNESS', '--', 'cargo', 'build'], {
      cwd: project.dir,
      env: { ...env, WITNESS: `sg_${'x'.repeat(43)}`, ...more },
    });
  const built = await build({ SAFEGUARD_BUILD_KEY: key });
  assert.equal(built.code, 0, built.stderr);
  assert.match(built.stderr, /^session +key nightly, for this Cargo\.lock until /m);
  const sessions = new Set(passed.flatMap(({ authorization }) => authorization ?? []));
  assert.equal(
    new Set([...sessions].map((one) => one.replace('Bearer ', ''))).size,
    1,
    'all of it by one session',
  );
  const session = [...sessions][0]?.replace('Bearer ', '') ?? '';
  assert.match(session, /^sgb_/);
  assert.ok(passed.some(({ path }) => path === '/crates/nosy/1.0.0/download'));

  // During the build: in no process but the one that was given the key.
  assert.deepEqual(during[0], [], 'the session is in no argument and no variable');
  assert.ok(
    during[1]?.every((one) => /^environ of (?:node|MainThread)$/.test(one)),
    String(during[1]),
  );
  const app = join(project.dir, 'safeguard-out', triple, 'app');
  const said = spawnSync(app, { encoding: 'utf8' }).stdout;
  assert.equal(said, 'true [] true []\n', 'script and macro saw none');

  // The provenance names it, by what the server knows it by.
  const statement = JSON.parse(readFileSync(`${app}.provenance.intoto.json`, 'utf8')) as {
    readonly predicate: {
      readonly buildDefinition: {
        readonly internalParameters: { readonly session?: { readonly id: string; readonly who: string } };
      };
    };
  };
  const named = statement.predicate.buildDefinition.internalParameters.session;
  assert.equal(named?.id, createHash('sha256').update(session).digest('hex'));
  assert.equal(named?.who, 'key nightly');

  // Afterwards: in no file of the project, of cargo's home, or of what was built.
  for (const text of [session, key])
    assert.deepEqual(filesWith(text, dirname(project.dir)), [], 'nothing is left');
  assert.equal((await get(`${url}/index/no/sy/nosy`, { headers: { authorization: session } })).status, 401);

  const again = await build({ SAFEGUARD_BUILD_KEY: key });
  assert.equal(again.code, 1, again.stderr);
  assert.match(again.stderr, /The identity of key nightly was exchanged at .*, and was brought once more\./);
  const none = await build({});
  assert.equal(none.code, 70, none.stderr);
  assert.match(none.stderr, /there is nothing to exchange for a session/);
});
