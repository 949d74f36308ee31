import pg from 'pg';
import { releaseOf, releases, releasesOf, type Size } from './made.ts';

// The shape that trustify keeps documents in, and its question, in our own words: a node for each package of a document, which names a purl that is
// split over three tables, with random ids. In the same database, of the same artefacts.

export async function peerTimes(
  url: string,
  size: Size,
  runs: number,
): Promise<{ readonly ms: number; readonly count: number; readonly bytes: number }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`drop schema if exists peer cascade; create schema peer;
      create table peer.base_purl (id uuid primary key, type text, namespace text, name text);
      create table peer.versioned_purl (id uuid primary key, base_purl_id uuid, version text);
      create table peer.qualified_purl (id uuid primary key, versioned_purl_id uuid, qualifiers jsonb);
      create table peer.sbom (sbom_id uuid primary key, document_id text, published timestamptz);
      create table peer.sbom_package_purl_ref (sbom_id uuid, node_id text, qualified_purl_id uuid)`);
    const numbers = Array.from({ length: releases }, (_, i) => i);
    const of = numbers.map(releaseOf);
    await client.query(
      `with made as (select *, gen_random_uuid() as v, gen_random_uuid() as q from unnest($1::int[], $2::text[], $3::text[]) as m(n, name, version)),
          bases as (insert into peer.base_purl select gen_random_uuid(), 'cargo', null, name from (select distinct name from made) as d returning id, name),
          versioned as (insert into peer.versioned_purl select v, b.id, version from made join bases b using (name))
        insert into peer.qualified_purl select q, v, jsonb_build_object('number', n) from made`,
      [numbers, of.map(({ name }) => name), of.map(({ version }) => version)],
    );
    await client.query(`create table peer.numbered as select (qualifiers->>'number')::int as n, id from peer.qualified_purl;
      create index on peer.numbered (n); analyze peer.numbered`);
    for (let first = 0; first < size.artefacts; first += 500) {
      const ids = Array.from({ length: Math.min(500, size.artefacts - first) }, (_, i) => first + i);
      const packages = ids.map((i) => releasesOf(Math.floor(i / size.same), size.components));
      await client.query(
        `with documents as (insert into peer.sbom
            select gen_random_uuid(), 'urn:bench:' || i, now() from unnest($1::int[]) as i returning sbom_id, document_id)
          insert into peer.sbom_package_purl_ref
            select d.sbom_id, 'node-' || m.n, p.id from unnest($2::int[], $3::int[]) as m(i, n)
              join documents d on d.document_id = 'urn:bench:' || m.i join peer.numbered p on p.n = m.n`,
        [ids, packages.flatMap((list, i) => list.map(() => first + i)), packages.flat()],
      );
    }
    await client.query(`create index on peer.base_purl (name); create index on peer.versioned_purl (base_purl_id);
      create index on peer.qualified_purl (versioned_purl_id);
      alter table peer.sbom_package_purl_ref add primary key (sbom_id, node_id, qualified_purl_id);
      create index on peer.sbom_package_purl_ref (qualified_purl_id); create index on peer.sbom (published)`);
    await client.query('vacuum analyze');
    const having = `from peer.sbom s join peer.sbom_package_purl_ref r on r.sbom_id = s.sbom_id
      join peer.qualified_purl q on q.id = r.qualified_purl_id join peer.versioned_purl v on v.id = q.versioned_purl_id
      join peer.base_purl b on b.id = v.base_purl_id where b.type = 'cargo' and b.name = 'hot'`;
    const times: number[] = [];
    let count = 0;
    for (let run = 0; run < runs; run++) {
      const begin = performance.now();
      const { rows } = await client.query(`select count(distinct s.sbom_id) as n ${having}`);
      await client.query(
        `select distinct s.sbom_id, s.published ${having} order by s.published desc limit 50`,
      );
      times.push(performance.now() - begin);
      count = Number(rows[0]?.n);
    }
    const { rows } = await client.query(
      `select pg_total_relation_size('peer.sbom_package_purl_ref') as bytes`,
    );
    const median = times.toSorted((a, b) => a - b)[Math.floor(runs / 2)] ?? 0;
    return { ms: median, count, bytes: Number(rows[0]?.bytes) };
  } finally {
    await client.query('drop schema if exists peer cascade');
    await client.end();
  }
}
