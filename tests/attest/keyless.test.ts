/**
 * Signatures without a key of one's own: made of doubles of Sigstore's services on loopback, verified offline by a
 * trusted root, and no bent one is taken.
 */
import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { describe, test } from 'node:test';
import type { AttestError } from '../../src/attest/error.ts';
import { keylessVerifier } from '../../src/attest/keyless.ts';
import { keylessSigner } from '../../src/attest/sigstore/signer.ts';
import { readSigningConfig } from '../../src/attest/sigstore/signing-config.ts';
import { payloadType, predicates, statement } from '../../src/attest/statement.ts';
import { serviceAsker } from '../../src/server/signatures/ask.ts';
import { testCi } from '../support/ci.ts';
import { certify, testCa } from '../support/sigstore/certificates.ts';
import type { LoggedEntry } from '../support/sigstore/log.ts';
import { type TestServices, testServices } from '../support/sigstore/services.ts';
import type { Cleanup } from '../support/temp.ts';

const issuer = 'https://token.actions.githubusercontent.com';
const workflow = 'org/app/.github/workflows/release.yml@refs/heads/main';
const claims = {
  sub: 'repo:org/app',
  repository_id: '11',
  repository_owner_id: '22',
  job_workflow_ref: workflow,
};
const subject = [{ name: 'app', digest: { sha256: 'a'.repeat(64) } }];
const said = Buffer.from(JSON.stringify(statement(subject, predicates.sbom, {})));
const other = Buffer.from(JSON.stringify(statement(subject, predicates.sbom, { other: true })));

async function scene(t: Cleanup, good: Parameters<typeof testServices>[3] = {}) {
  const ci = await testCi(issuer, 'sigstore');
  const services = await testServices(t, issuer, ci.jwks, good);
  const signed = async (
    versions: readonly (1 | 2)[],
    stamped: boolean,
    more: { readonly payload?: Buffer; readonly claims?: object } = {},
  ) => {
    const config = readSigningConfig(services.config(versions, stamped), Date.now());
    const ask = serviceAsker(new AbortController().signal);
    const token = () => ci.token({ ...claims, ...more.claims }, { now: Date.now() });
    const [bundle = ''] = await keylessSigner(ask, config, token)(payloadType, [more.payload ?? said]);
    return JSON.parse(bundle) as Bundle;
  };
  return { ci, services, signed };
}

/** What of a bundle is bent. */
interface Bundle {
  verificationMaterial: {
    certificate: { rawBytes: string };
    tlogEntries: LoggedEntry[];
    timestampVerificationData: { rfc3161Timestamps: { signedTimestamp: string }[] };
  };
  dsseEnvelope: { payload: string; signatures: { sig: string }[] };
}

const ways: readonly (readonly [string, readonly (1 | 2)[], boolean])[] = [
  ['a log of API 1', [1], false],
  ['a log of API 1 and timestamps', [1], true],
  ['a log of API 2 and timestamps', [2], true],
  ['logs of both APIs', [1, 2], true],
];
for (const [name, versions, stamped] of ways)
  test(`signed with ${name}, and verified offline`, async (t) => {
    const { services, signed } = await scene(t);
    const bundle = JSON.stringify(await signed(versions, stamped));
    const asked = services.asked.length;
    assert.deepEqual(keylessVerifier(services.root).verify(bundle), {
      issuer,
      subject: `https://github.com/${workflow}`,
      repositoryId: '11',
      ownerId: '22',
    });
    assert.equal(services.asked.length, asked, 'nobody is asked');
  });

for (const clock of ['2001-01-01T00:00:00Z', '2099-01-01T00:00:00Z'])
  test(`whatever the clock says of whoever verifies: ${clock}`, async (t) => {
    const { services, signed } = await scene(t);
    const bundle = JSON.stringify(await signed([2], true));
    services.times = () => ({ from: Date.now() - 20 * 60_000, to: Date.now() - 10 * 60_000 });
    const late = JSON.stringify(await signed([2], true));
    t.mock.timers.enable({ apis: ['Date'], now: new Date(clock) });
    const { verify } = keylessVerifier(services.root);
    assert.equal(verify(bundle).repositoryId, '11');
    assert.throws(() => verify(late), { code: 'attest/signature' });
  });

test('by a mail address, where that is whom the token names', async (t) => {
  const { services, signed } = await scene(t);
  const mail = { email: 'anna@corp.example', email_verified: true, job_workflow_ref: undefined };
  const bundle = await signed([1], false, { claims: mail });
  const { subject: who } = keylessVerifier(services.root).verify(JSON.stringify(bundle));
  assert.equal(who, 'anna@corp.example');
});

/** A trusted root that counts those of a part from so many days from now until so many. */
function counted(root: string, part: string, from: number, to: number): string {
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
  const validFor = { start: day(from), end: day(to) };
  const value = JSON.parse(root) as Record<string, { publicKey?: object }[]>;
  value[part] = (value[part] ?? []).map((one) =>
    one.publicKey === undefined
      ? { ...one, validFor }
      : { ...one, publicKey: { ...one.publicKey, validFor } },
  );
  return JSON.stringify(value);
}

interface Bending {
  readonly services: TestServices;
  /** Another good one, of other bytes. */
  readonly another: Bundle;
  readonly entry: LoggedEntry;
}

type Bend = (bundle: Bundle, scene: Bending) => void;

/** The text of base64 with one bit of what it stands for turned. */
function turned(text: string): string {
  const bytes = Buffer.from(text, 'base64');
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
  return bytes.toString('base64');
}

/** The entry of something else that the log took, in place of the one that is there. */
function logged(change: (body: string) => string): Bend {
  return (bundle, { services: { logs }, entry }) => {
    const log = entry.inclusionPromise === undefined ? logs.second : logs.first;
    const body = change(Buffer.from(entry.canonicalizedBody, 'base64').toString('utf8'));
    assert.notEqual(Buffer.from(body).toString('base64'), entry.canonicalizedBody);
    bundle.verificationMaterial.tlogEntries = [log.entry(log.put(body))];
  };
}

/** A certificate of another name for the very key that signed. */
function renamed(body: string, certificate: string): string {
  const ca = testCa({ from: Date.now() - 1000, to: Date.now() + 60_000 });
  const spki = Buffer.from(certificate, 'base64');
  const at = spki.indexOf(Buffer.from('301306072a8648ce3d020106082a8648ce3d030107', 'hex')) - 2;
  const own = spki.subarray(at, at + 91);
  const times = { from: Date.now() - 1000, to: Date.now() + 60_000 };
  const der = certify(ca, own, { issuer, subject: 'https://elsewhere.invalid/x' }, times, undefined).toString(
    'base64',
  );
  const pem = `-----BEGIN CERTIFICATE-----\n${der}\n-----END CERTIFICATE-----\n`;
  return body
    .replace(/"verifier":"[^"]+"/, `"verifier":"${Buffer.from(pem).toString('base64')}"`)
    .replace(/"rawBytes":"[^"]+"/, `"rawBytes":"${der}"`);
}

/** A checkpoint of this tree, signed by a key of nobody's. */
function resigned(envelope: string, version: 1 | 2): string {
  const { privateKey } =
    version === 1 ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
  const [note = '', line = ''] = envelope.split('\n\n');
  const [, name = '', word = ''] = /^— (\S+) (\S+)/.exec(line) ?? [];
  const made = sign(
    version === 1 ? 'sha256' : null,
    Buffer.from(`${note}\n`),
    createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  );
  const hint = Buffer.from(word, 'base64').subarray(0, 4);
  return `${note}\n\n— ${name} ${Buffer.concat([hint, made]).toString('base64')}\n`;
}

const bends: Readonly<Record<string, Bend>> = {
  'another payload': (bundle) => {
    bundle.dsseEnvelope.payload = other.toString('base64');
  },
  'a bit of the signature': (bundle) => {
    for (const one of bundle.dsseEnvelope.signatures) one.sig = turned(one.sig);
  },
  'the signature of something else': (bundle, { another }) => {
    bundle.dsseEnvelope.signatures = another.dsseEnvelope.signatures;
  },
  'another good certificate': (bundle, { another }) => {
    bundle.verificationMaterial.certificate = another.verificationMaterial.certificate;
  },
  'a bit of the certificate': (bundle) => {
    const { certificate } = bundle.verificationMaterial;
    certificate.rawBytes = turned(certificate.rawBytes);
  },
  'no entry': (bundle) => {
    bundle.verificationMaterial.tlogEntries = [];
  },
  'the entry of something else': (bundle, { another }) => {
    bundle.verificationMaterial.tlogEntries = another.verificationMaterial.tlogEntries;
  },
  'the inclusion proof of another entry': (_, { entry, another }) => {
    const [own] = another.verificationMaterial.tlogEntries;
    if (own !== undefined) entry.inclusionProof = own.inclusionProof;
  },
  'no inclusion proof': (_, { entry }) => {
    delete (entry as Partial<LoggedEntry>).inclusionProof;
  },
  'another place in the tree': (_, { entry: { inclusionProof: proof } }) => {
    proof.logIndex = String(Number(proof.logIndex) - 1);
  },
  'a bit of a hash in the path': (_, { entry: { inclusionProof: proof } }) => {
    proof.hashes = proof.hashes.map((hash, i) => (i === 0 ? turned(hash) : hash));
  },
  'a path that is too short': (_, { entry: { inclusionProof: proof } }) => {
    proof.hashes = proof.hashes.slice(1);
  },
  'a checkpoint of another key': (_, { entry }) => {
    const { checkpoint } = entry.inclusionProof;
    checkpoint.envelope = resigned(checkpoint.envelope, entry.inclusionPromise === undefined ? 2 : 1);
  },
  'a checkpoint of another tree': (_, { entry, another }) => {
    const [own] = another.verificationMaterial.tlogEntries;
    if (own !== undefined) entry.inclusionProof.checkpoint = own.inclusionProof.checkpoint;
  },
  'a checkpoint without a signature': (_, { entry: { inclusionProof: proof } }) => {
    proof.checkpoint.envelope = proof.checkpoint.envelope.replace(/\n\n.*\n$/, '\n\n');
  },
  'an entry about another digest': logged((body) =>
    body
      .replace(/("payloadHash":\{"algorithm":"sha256","value":")[0-9a-f]{64}/, `$1${'0'.repeat(64)}`)
      .replace(/("digest":")[^"]+/, `$1${Buffer.alloc(32).toString('base64')}`),
  ),
  'an entry with another signature': logged((body) =>
    body.replace(
      /("(?:signature|content)":")([^"]+)/,
      (_, head: string, text: string) => `${head}${turned(text)}`,
    ),
  ),
  'an entry of another kind': logged((body) => body.replace(/"kind":"\w+"/, '"kind":"rekord"')),
  'an entry under another name, by the same key': (bundle, own) =>
    logged((body) => renamed(body, bundle.verificationMaterial.certificate.rawBytes))(bundle, own),
};

const bendsOfFirst: Readonly<Record<string, Bend>> = {
  'another time of the entry': (_, { entry }) => {
    entry.integratedTime = String(Number(entry.integratedTime) - 30);
  },
  'a time that no promise covers': (_, { entry }) => {
    delete entry.inclusionPromise;
  },
  'the promise of another entry': (_, { entry, another }) => {
    const [own] = another.verificationMaterial.tlogEntries;
    if (own?.inclusionPromise !== undefined) entry.inclusionPromise = own.inclusionPromise;
  },
};

const bendsOfSecond: Readonly<Record<string, Bend>> = {
  'no timestamp': (bundle) => {
    bundle.verificationMaterial.timestampVerificationData.rfc3161Timestamps = [];
  },
  'a time that the log never says': (bundle, { entry }) => {
    bundle.verificationMaterial.timestampVerificationData.rfc3161Timestamps = [];
    entry.integratedTime = String(Math.floor(Date.now() / 1000));
  },
  'the timestamp of another signature': (bundle, { another }) => {
    bundle.verificationMaterial.timestampVerificationData =
      another.verificationMaterial.timestampVerificationData;
  },
};

for (const [version, stamped, own] of [
  [1, false, bendsOfFirst],
  [2, true, bendsOfSecond],
] as const)
  describe(`a bundle of API ${version} is refused with`, () => {
    for (const [name, bend] of Object.entries({ ...bends, ...own }))
      test(name, async (t) => {
        const { services, signed } = await scene(t);
        const verifier = keylessVerifier(services.root);
        const bundle = await signed([version], stamped);
        const another = await signed([version], stamped, { payload: other });
        verifier.verify(JSON.stringify(bundle));
        verifier.verify(JSON.stringify(another));
        const before = JSON.stringify(bundle);
        const [entry] = bundle.verificationMaterial.tlogEntries;
        assert.ok(entry !== undefined);
        bend(bundle, { services, another, entry });
        assert.notEqual(JSON.stringify(bundle), before, 'it is bent');
        assert.throws(() => verifier.verify(JSON.stringify(bundle)), {
          name: 'AttestError',
          code: 'attest/signature',
        });
      });
  });

describe('what the services may not do', () => {
  const minutes = (from: number, to: number) => () => ({
    from: Date.now() + from * 60_000,
    to: Date.now() + to * 60_000,
  });
  for (const [version, stamped] of [
    [1, false],
    [2, true],
  ] as const) {
    const cases: Readonly<Record<string, (services: TestServices) => void>> = {
      'a certificate that was over when it was signed': (services) => {
        services.times = minutes(-20, -10);
      },
      'a certificate that was not yet good': (services) => {
        services.times = minutes(10, 20);
      },
      'a certificate that no CT log saw': (services) => {
        services.ctKey = undefined;
      },
      'a certificate that a stranger’s CT log saw': (services) => {
        services.ctKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
      },
    };
    for (const [name, change] of Object.entries(cases))
      test(`${name}, API ${version}`, async (t) => {
        const { services, signed } = await scene(t);
        change(services);
        const bundle = JSON.stringify(await signed([version], stamped));
        assert.throws(() => keylessVerifier(services.root).verify(bundle), { code: 'attest/signature' });
      });
    test(`an authority whose own certificate was over, API ${version}`, async (t) => {
      const { services, signed } = await scene(t, { ca: -1 });
      const bundle = JSON.stringify(await signed([version], stamped));
      assert.throws(() => keylessVerifier(services.root).verify(bundle), { code: 'attest/signature' });
    });
    for (const part of ['certificateAuthorities', 'tlogs', ...(stamped ? ['timestampAuthorities'] : [])])
      test(`one of ${part} that the root does not count for that time, API ${version}`, async (t) => {
        const { services, signed } = await scene(t);
        const bundle = JSON.stringify(await signed([version], stamped));
        for (const [from, to, refuses] of [
          [-2, 1, false],
          [-2, -1, true],
          [1, 2, true],
        ] as const) {
          const verify = () => keylessVerifier(counted(services.root, part, from, to)).verify(bundle);
          if (refuses) assert.throws(verify, { code: 'attest/signature' }, `${from} to ${to}`);
          else assert.equal(verify().repositoryId, '11');
        }
      });
    test(`services of others, API ${version}`, async (t) => {
      const [one, two] = [await scene(t), await scene(t)];
      const bundle = JSON.stringify(await one.signed([version], stamped));
      assert.throws(() => keylessVerifier(two.services.root).verify(bundle), { code: 'attest/signature' });
      // Who has everything but one of them from strangers is refused as well.
      const own = JSON.parse(one.services.root) as Record<string, unknown>;
      const theirs = JSON.parse(two.services.root) as Record<string, unknown>;
      const parts = [
        'tlogs',
        'certificateAuthorities',
        'ctlogs',
        ...(stamped ? ['timestampAuthorities'] : []),
      ];
      for (const part of parts)
        assert.throws(
          () => keylessVerifier(JSON.stringify({ ...own, [part]: theirs[part] })).verify(bundle),
          { code: 'attest/signature' },
          part,
        );
    });
  }

  test('a service of timestamps whose certificate was over', async (t) => {
    const { services, signed } = await scene(t, { stamps: -1 });
    const bundle = JSON.stringify(await signed([2], true));
    assert.throws(() => keylessVerifier(services.root).verify(bundle), { code: 'attest/signature' });
  });

  test('a token for somebody else gets no certificate, and the reason is told', async (t) => {
    const { services, signed } = await scene(t);
    await assert.rejects(
      signed([1], false, { claims: { aud: 'https://elsewhere.invalid' } }),
      (error: AttestError) => error.code === 'attest/service' && /status 400: .*"aud"/.test(error.message),
    );
    assert.deepEqual(services.asked, ['POST /authority/api/v2/signingCert'], 'nobody else is asked');
  });
});

describe('a signing config', () => {
  const service = (
    url: string,
    majorApiVersion: number,
    operator: string,
    start = '2020-01-01T00:00:00Z',
    end?: string,
  ) => ({
    url,
    majorApiVersion,
    operator,
    validFor: { start, ...(end === undefined ? {} : { end }) },
  });
  const mediaType = 'application/vnd.dev.sigstore.signingconfig.v0.2+json';
  const authority = service('https://ca.example', 1, 'a');
  const now = Date.parse('2026-11-01T00:00:00Z');
  const reading = (more: object) =>
    readSigningConfig(
      JSON.stringify({
        mediaType,
        caUrls: [authority],
        tsaUrls: [service('https://tsa.example/x', 1, 'a')],
        ...more,
      }),
      now,
    );

  test('names the newest API of each operator, of those that are used now', () => {
    const rekorTlogUrls = [
      service('https://one.example', 1, 'a'),
      service('https://old.example', 2, 'a', '2024-01-01T00:00:00Z'),
      service('https://new.example', 2, 'a', '2026-01-01T00:00:00Z'),
      service('https://over.example', 2, 'a', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z'),
      service('https://next.example', 2, 'a', '2027-01-01T00:00:00Z'),
      service('https://unknown.example', 3, 'a'),
      service('https://other.example', 1, 'b'),
    ];
    const logs = (selector: object) =>
      reading({ rekorTlogUrls, rekorTlogConfig: selector }).logs.map(({ url, version }) => [
        url.host,
        version,
      ]);
    const [newest, others] = [
      ['new.example', 2],
      ['other.example', 1],
    ];
    assert.deepEqual(logs({ selector: 'ANY' }), [newest]);
    assert.deepEqual(logs({ selector: 'ALL' }), [newest, others]);
    assert.deepEqual(logs({ selector: 'EXACT', count: 2 }), [newest, others]);
    assert.throws(() => logs({ selector: 'EXACT', count: 3 }), /wants 3 of its kind/);
  });

  for (const [what, config, says] of [
    ['no authority', { caUrls: [] }, /names no certificate authority for now/],
    [
      'an authority whose time is over',
      { caUrls: [service('https://x.example', 1, 'a', '2020-01-01T00:00:00Z', '2021-01-01T00:00:00Z')] },
      /no certificate authority/,
    ],
    [
      'nobody who says when',
      { tsaUrls: [], rekorTlogUrls: [service('https://x.example', 2, 'a')] },
      /nobody who says when/,
    ],
    [
      'a file in the place of an address',
      { caUrls: [service('file:///etc/passwd', 1, 'a')] },
      /no web address/,
    ],
    [
      'another version',
      { mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.1+json' },
      /version 0\.2/,
    ],
  ] as const)
    test(`is refused with ${what}`, () => {
      assert.throws(() => reading(config), { code: 'attest/key', message: says });
    });
});
