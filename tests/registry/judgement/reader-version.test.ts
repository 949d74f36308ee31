/**
 * What is read of an archive is kept, and read again only when `readerVersion` goes up. So here is what this version reads of
 * some archives: where that changes, raise it and write the new digest beside it.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { it } from 'node:test';
import { archivePool } from '../../../src/registry/judgement/archive-pool.ts';
import { readerVersion } from '../../../src/registry/judgement/bytes.ts';
import { harmless, malice } from '../../rust/samples/index.ts';
import { makeCrate } from '../../support/crate.ts';

const digests: Readonly<Record<number, string>> = {
  1: 'bab10479a55b9cd4a6b4ad07ce9163dcb31c58c1f4cc9294b578508c7c6b0da8',
  2: 'ca4b7af6b03be46346ef3b614f7a78670d186dc127215e8d5c7d40d14c7386fe',
  3: 'dfb7a5b0231c2b9c8ae1d1bb686c326493e2d7cc704947254b62a535837a5dd6',
  4: '157c64520ebee9b7a1db8d50f935a9045ab170c11da8df7884b99055cebde9aa',
  5: 'cd36e02bba0fb0e5df5d9e5aebd63f39d3003f4f21bfdb5fc92d397ad45a9d72',
  6: '099c541a19516af58c880277ea705b304ad45970b352029c3eafbd7872f4540d',
  7: '2d8cd757aac78d21f7f82dd372bef231e1b183b307c9b5338504520dfd05164b',
  8: '3341412ccdf19f972f581107e801439302927d37fba16e7fc4efc5e8d662d605',
  9: '93e18a81b8a03d15483ca49923a61a5c573af36366777a5d3ce8a8a03a057d00',
  10: '666939f15a0c623d8d9fe5ef6a58e52467b164f9531f05fcf642f39798c88a81',
  11: '6a0aa7a36924acdef3402cf63e090e31632451e5591673a7859edec00eb6e813',
  12: 'e94dbfb76329174b1ed2fffaa3b0a6a159c7f361b5df9a30631331ef5b45f0f8',
  13: '592c007a0dd92d208a27f3d220fcc086d326c5b3598f8c03da74e7f82dbbfc73',
  14: '7c84efdde2679c39ee45257c9372b4d6fe946145746f9d4d641734926c1c5fcf',
  15: '2039fbec3d8f1c378353b0482cdb39505100c28ebdfd423586c761dae36ab8b1',
  16: '2ec3477c2c4bdac02eaf8b69ff0e750ea3db207c22be53445ad76ee0983d8752',
  17: 'bcdb6c6533c65b2a0c2258b4aaf57adbfd9ffa6ad3a4dfc75f314f41b873f401',
  18: '5a550b2557ab5178ff264cf00b634c0991fe38a883e7ebe3722e8e69fe74b168',
  19: '80de7a5a2588b60a9f6397c8a1976ec4093bf4f19919f2b951721c5f4d43000c',
  20: 'c4c9eab728d71a83e7190b3e387f563d5d4551064e1ed70fd1282d203bf6825a',
  21: 'e4a09928766b002ec83de1077bf75a7cad81c03623f140552d0025314efae0c2',
  22: 'f7d0bbbd92309895214b3c33979de096383f588896ed16f2fbca84509885c1e5',
  23: '17d799d58ad6ff335c15cc78179832323f207708e42b2f93bfd3a32e0e922bcd',
  24: '1ede2e6ff46dfc4432b0ce121e454aee4c6b9952580ad3f7397ec7acc037b561',
  25: 'f49e6b7ca9e1ef41ba59eea38370f90fee6b05be49ad217db95bfd1896ae76a3',
  26: '9c29b851a0223917834c7ffe1cffe926db806ff6cffbe90b964c93ac5500f8b5',
  27: '2addc314d97c055fe370cc8906aeda34041a9fa53f1254524d7918e61f56603e',
  28: '0fa3c9b4efe8d7f2ec22acb22d135d5690be82201860b91c4156469f43bff6f0',
  29: 'cc050504f634390cd4dca15d9e416ab88dedb7763b7202502e4029d1a44c163c',
  30: 'aa18afe8c3601146eb535d08d63817a3fac3e998f2636d71d61c383784455269',
};

it('reads what its version says', async (t) => {
  const pool = archivePool(2);
  t.after(() => pool.close());
  const hash = createHash('sha256');
  for (const { name, files } of [...malice, ...harmless]) {
    const { 'Cargo.toml': toml = '', ...others } = files;
    const crate = makeCrate({ name: 'sample', version: '1.0.0', files: { ...others, 'Cargo.toml': toml } });
    const release = { crate: 'sample', version: '1.0.0', checksum: crate.checksum };
    const bytes = crate.bytes;
    const blob = {
      path: undefined,
      size: bytes.length,
      read: async () => bytes,
      stream: () => assert.fail(),
      close: async () => {},
    };
    hash.update(`${name}\n${JSON.stringify(await pool.read(blob, release, 'whole'))}\n`);
  }
  assert.equal(hash.digest('hex'), digests[readerVersion]);
});
