import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { nextForms } from './forms.ts';

/** Where each form is typed: a test file beside this one, and the words of its test; or another file that starts it. */
const typedIn: Readonly<Record<string, string>> = {
  'cargo fetch --locked': 'cargo: fetches what is not at hand',
  'cargo fetch': 'cargo: fetches the code that is to be reviewed',
  'cargo generate-lockfile': 'cargo: makes a lockfile where there is none',
  'cargo login --registry safeguard': '../closed-mirror: cargo fetches with the token',
  'cargo metadata --no-deps': 'cargo: lists what may be chosen',
  'cargo metadata': 'cargo: writes the rest of a lockfile whose conflict is settled',
  'cargo tree -d': 'cargo: shows who needs the older of two versions',
  'cargo tree -i …': 'cargo: shows who uses what is no longer patched',
  'cargo update --manifest-path … ': 'cargo: moves a release of another lockfile of the repository',
  'cargo update --workspace': 'cargo: makes a lockfile fit that',
  'cargo update -p … --precise …': 'cargo: locks packages of one repository at one commit',
  'cargo update …@…': 'cargo: replaces a release that the registry does not list any more',
  'cargo vendor': 'cargo: copies what was changed in a vendored folder',
  'git config --global --add safe.directory …': 'git: trusts a repository that belongs to another user',
  'git fetch --deepen=1000 origin': 'git: brings the commit before to a shallow clone',
  'git fetch --deepen=1000 ……': 'git: to a shallow clone, then where the branch left it',
  'git fetch --depth=1': 'git: to a shallow clone, then where the branch left it',
  'git fetch --refetch --no-filter': 'git: brings the files to a clone that left them out',
  'git rev-parse': 'git: finds what git knows',
  'git worktree add FOLDER': 'git: makes a work tree of a bare repository',
  'safeguard agent --once': 'safeguard: fills the inventory, and says what is not known of it',
  'safeguard allow list':
    'safeguard: reads, approves, begins a list of approvals and takes out of it what nothing needs',
  'safeguard allow prune':
    'safeguard: reads, approves, begins a list of approvals and takes out of it what nothing needs',
  'safeguard allow seed':
    'safeguard: reads, approves, begins a list of approvals and takes out of it what nothing needs',
  'safeguard audit export': '../audit-log: has who did what',
  'safeguard build -- cargo build --target …': '../build: names the target that is to be built',
  'safeguard check --all': 'safeguard: judges a lockfile that was left out, all of it, and explains',
  'safeguard check --explain RULE': 'safeguard: judges a lockfile that was left out, all of it, and explains',
  'safeguard check --lockfile …': 'safeguard: judges a lockfile that was left out, all of it, and explains',
  'safeguard credential': '../closed-mirror: cargo asks `safeguard credential`',
  'safeguard doctor': 'safeguard: sets cargo up, and looks whether it is',
  'safeguard explain CRATE@VERSION --format json': 'safeguard: works the desk of a mirror',
  'safeguard init --force': 'safeguard: sets cargo up, and looks whether it is',
  'safeguard init --global': 'safeguard: sets cargo up, and looks whether it is',
  'safeguard init': 'safeguard: sets cargo up, and looks whether it is',
  'safeguard inventory add': 'safeguard: fills the inventory, and says what is not known of it',
  'safeguard inventory deploy --list': '../deploy: are asked for and struck like what runs',
  'safeguard inventory deploy': '../deploy: are asked for and struck like what runs',
  'safeguard inventory hosts': '../agent-versions: takes reports of older and of newer agents',
  'safeguard inventory list': '../inventory: takes binaries in, shows, finds and compares them',
  'safeguard inventory list --partly-known':
    'safeguard: fills the inventory, and says what is not known of it',
  'safeguard mirror backup': '../backup: restored elsewhere',
  'safeguard mirror status': 'safeguard: sets cargo up, and looks whether it is',
  'safeguard observe -- cargo build': '../observe: sees what a script and a macro do',
  'safeguard policy check': 'safeguard: makes, checks and shows a policy',
  'safeguard policy check …': '../../cli/policy: ',
  'safeguard policy init': 'safeguard: makes, checks and shows a policy',
  'safeguard policy prune': 'safeguard: takes out of a policy what is about nothing',
  'safeguard policy schema': 'safeguard: makes, checks and shows a policy',
  'safeguard policy show': 'safeguard: makes, checks and shows a policy',
  'safeguard quarantine break-glass … --reason WHY': '../quarantine-break-glass: ',
  'safeguard quarantine list': 'safeguard: works the desk of a mirror',
  'safeguard quarantine unblock … --reason WHY': 'safeguard: works the desk of a mirror',
  'safeguard resolve --why CRATE': 'safeguard: says what brings a crate',
  'safeguard resolve --why …': 'safeguard: says what brings a crate',
  'safeguard resolve': 'safeguard: says what brings a crate',
  'safeguard review --approve':
    'safeguard: reads, approves, begins a list of approvals and takes out of it what nothing needs',
  'safeguard review --pending --group harmless --approve --reason "…"':
    'safeguard: reads, approves, begins a list of approvals and takes out of it what nothing needs',
  'safeguard review --pending':
    'safeguard: reads, approves, begins a list of approvals and takes out of it what nothing needs',
  'safeguard review …@…':
    'safeguard: reads, approves, begins a list of approvals and takes out of it what nothing needs',
  'safeguard review ring@0.17.14':
    'safeguard: reads, approves, begins a list of approvals and takes out of it what nothing needs',
  'safeguard serve --data …': '../stopping: ',
  'safeguard serve': '../../cli/serve: ',
  'safeguard vex add': '../vex: ends an exposure with its reason while it holds',
};

/** Sentences and names that begin with the word, and are nothing to type. */
const words = new Set([
  'cargo builds all of them from ',
  'cargo has another build than was resolved:\n…',
  'cargo gets its crates from here',
  'cargo install',
  'cargo is configured to build for several targets',
  'cargo messages',
  'cargo is given … as configuration, which is not in the project',
  'cargo refuses it too.',
  'cargo refuses to build it.',
  'cargo search',
  'cargo then writes the checksum.',
  'cargo would refuse its configuration: …',
  'git cannot be run here, and the gate compares with a commit',
  'git could not be started: ….',
  'git could not fetch it: …',
  'git does not trust the repository of …: it belongs to another user.',
  'git gave no reason',
  'git knows no revision … in ….',
  'git made no repository for it: …',
  'git repository',
  'git was not found.',
  'safeguard check',
  'safeguard check --base HEAD says: ….',
  'safeguard pack 1\n',
  'safeguard review proc-macro1@1.0.107 says: ….',
]);

describe('what the product says to type', () => {
  const forms = nextForms();

  it('is typed by a test, each form of it', () => {
    const unknown = [...forms].filter(([form]) => !Object.hasOwn(typedIn, form) && !words.has(form));
    assert.deepEqual(
      unknown.map(([form, files]) => `${form} (${files.join(', ')})`),
      [],
      'type it in a test, and name that test here',
    );
  });

  it('is said somewhere, each form that the table has', () => {
    const gone = [...Object.keys(typedIn), ...words].filter((form) => !forms.has(form));
    assert.deepEqual(gone, []);
  });

  it('has its test', () => {
    for (const [form, place] of Object.entries(typedIn)) {
      const [, file, title = ''] = /^(\S+): (.*)$/.exec(place) ?? [];
      const text = readFileSync(join(import.meta.dirname, `${file}.test.ts`), 'utf8');
      assert.ok(text.includes(title), `${form}: ${file} has no test that ${title}`);
    }
  });
});
