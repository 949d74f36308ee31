/** The versions of C code in real `-sys` crates, as their own projects name the releases. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { projectNames } from '../../src/build/native/upstream-names.ts';
import { toldVersions } from '../../src/build/native/version.ts';
import { archiveTexts } from '../../src/cargo/crate-archive.ts';
import { realArchives } from '../support/real-archives.ts';

/** Crate, version, what it links, the version of the project, the archive's SHA-256. */
const table = `
bzip2-sys 0.1.13+1.0.8 bz2 1.0.8 225bff33b2141874fe80d71e07d6eec4f85c5c216453dd96388240f96e1acc14
curl-sys 0.4.91+curl-8.22.0 curl 8.22.0 cd39579123e45bf762716bb893d43886ed1cabe6289455be29a4f1d4e37afb06
expat-sys 2.1.6 expat 2.1.0 658f19728920138342f68408b7cf7644d90d4784353d8ebc32e7e8663dbe45fa
freetype-sys 0.20.1 freetype2 2.13.2 0e7edc5b9669349acfda99533e9e0bcf26a51862ab43b08ee7745c55d28eb134
libdeflate-sys 1.26.1 deflate 1.26 d7870e5fbd2766179a937c725fb11f4ca0ef025d982beb61bd3ce755425bd19c
libgit2-sys 0.18.8+1.9.7 git2 1.9.7 7f7c568b25d7489bc3fb2988ed69ab111d2944d2f5fec3d5c987fe545ea97b50
libnghttp2-sys 0.1.13+1.68.1 nghttp2 1.68.1 492e00167f1418c15648144f42bbfc63099806ecee9bf8d09a6353d6b4856b3c
librocksdb-sys 0.17.3+10.4.2 rocksdb+snappy 10.4.2+1.1.10 cef2a00ee60fe526157c9023edab23943fae1ce2ab6f4abb2a807c1746835de9
libsqlite3-sys 0.35.0 sqlite3 3.50.2 133c182a6a2c87864fe97778797e46c7e999672690dc9fa3ee8e241aa4a9c13f
libssh2-sys 0.3.4 ssh2 1.11.2 fce5a0b125f6aeac93b304b35f7f1e9f054aad29ddac57091928e41df3ccd233
libwebp-sys 0.9.6 webpsys 1.3.1 54cd30df7c7165ce74a456e4ca9732c603e8dc5e60784558c1c6dc047f876733
libz-sys 1.1.33 z 1.4 fee3f59f4321dab0c78d828942e7aa09d0bd8ad6e78a501977e6bf3d02938045
lua-src 547.1.0 lua5.4 5.4.7 2a1074d33e0b22489633685b9a33193d766dbf5d802d33a6639a97b3c99f8ebf
lz4-sys 1.11.1+lz4-1.10.0 lz4 1.10.0 6bd8c0d6c6ed0cd30b3652886bb8711dc4bb01d637a68105a3d5158039b418e6
lzma-sys 0.1.20 lzma 5.2.5 5fda04ab3764e6cde78b9974eec4f779acaba7c4e84b36eca3cf77c581b85d27
onig_sys 69.9.3 onig 6.9.10 1e68317604e77e53b85896388e1a803c1d21b74c899ec9e5e1112db90735edd7
openssl-src 300.6.1+3.6.3 ssl 3.6.3 46eb8fb9fb3b61ce1c0f8a026c4c1a0714d3a9e138e7fbde78753ce2babc3846
rdkafka-sys 4.10.0+2.12.1 rdkafka 2.12.1 e234cf318915c1059d4921ef7f75616b5219b10b46e9f3a511a15eb4b56a3f77
tikv-jemalloc-sys 0.6.1+5.3.0-1-ge13ca993e8ccb9ba9847cc330696e02839f328f7 jemalloc_pic 5.3.0 cd8aa5b2ab86a2cefa406d889139c162cbb230092f7d1d7cbc1716405d852a3b
zstd-sys 2.1.3+zstd.1.5.7 zstd 1.5.7 f729a06d0257428fd9d997ac8db7e1407bd0262ab016b085b36bc52957c0052d
libmimalloc-sys 0.1.49 mimalloc - 6a45a52f43e1c16f667ccfe4dd8c85b7f7c204fd5e3bf46c5b0db9a5c3c0b8e9
`;

it('tells the version of C code in 20 crates, and of none that its sources do not tell', async (t) => {
  const open = realArchives(t);
  for (const line of table.trim().split('\n')) {
    const [crate = '', version = '', libraries = '', expected = '', checksum = ''] = line.split(' ');
    const archive = await open({ crate, version, checksum });
    const files = { paths: archive.files.map(({ path }) => path).sort(), text: archiveTexts(archive) };
    const names = libraries.split('+');
    const told = names.map((library) => {
      const [best] = toldVersions(projectNames(library, crate), { version, files }, names.length === 1);
      return best?.version ?? '-';
    });
    assert.equal(told.join('+'), expected, crate);
  }
});
