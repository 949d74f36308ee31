import pg from 'pg';
import { digestOf, releaseOf, releases, releasesOf, type Size } from './made.ts';
import { described, firstPage, howMany, releasesNamed, tables } from './peer-shape.ts';

/** Milliseconds (medians), artefacts found, and bytes of the tables that say what a document has. */
export interface PeerTimes {
  /**
   * What answers a client: the releases of a name, how many documents have each, and a page of those with all that is
   * shown of them.
   */
  readonly ms: number;
  /** The same without what is asked for each document of the page. */
  readonly 'ms without each document': number;
  readonly count: number;
  readonly bytes: number;
}

/** Takes the artefacts into another product's shape, in the same PostgreSQL, and asks its question as often as `runs` says. */
export async function peerTimes(url: string, size: Size, runs: number): Promise<PeerTimes> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await fill(client, size);
    const times: (readonly [all: number, joins: number])[] = [];
    let count = 0;
    for (let run = 0; run < runs; run++) {
      const begin = performance.now();
      let page: readonly Row[] = [];
      count = 0;
      for (const { id } of await ask(client, releasesNamed, ['cargo', 'hot'])) {
        count += Number((await ask(client, howMany, [id]))[0]?.n);
        if (page.length < 50) page = [...page, ...(await ask(client, firstPage, [id, 50 - page.length]))];
      }
      const joins = performance.now() - begin;
      // One after the other, as it does.
      for (const { sbom_id: id, source_document_id: source } of page)
        for (const [query, of] of described) await ask(client, query, [of === 'source' ? source : id]);
      times.push([performance.now() - begin, joins]);
    }
    const { rows } = await client.query(
      `select sum(pg_total_relation_size('peer.' || name)) as bytes
        from unnest(array['sbom_package_purl_ref', 'sbom_package', 'sbom_node']) as name`,
    );
    const median = (which: 0 | 1) =>
      times.map((pair) => pair[which]).toSorted((a, b) => a - b)[Math.floor(runs / 2)] ?? 0;
    return {
      ms: median(0),
      'ms without each document': median(1),
      count,
      bytes: Number(rows[0]?.bytes),
    };
  } finally {
    await client.query('drop schema if exists peer cascade');
    await client.end();
  }
}

type Row = Readonly<Record<string, unknown>>;

/** Prepared once on the connection, as its client does. */
async function ask(client: pg.Client, text: string, values: readonly unknown[]): Promise<readonly Row[]> {
  const name = `peer ${text.length} ${text.slice(0, 40)}`;
  return (await client.query<Row>({ name, text, values: [...values] })).rows;
}

async function fill(client: pg.Client, size: Size): Promise<void> {
  await client.query('drop schema if exists peer cascade; create schema peer');
  await client.query(tables.before);
  const numbers = Array.from({ length: releases }, (_, i) => i);
  const of = numbers.map(releaseOf);
  await client.query(
    `with made as (select *, gen_random_uuid() as v, gen_random_uuid() as q from unnest($1::int[], $2::text[], $3::text[]) as m(n, name, version)),
        bases as (insert into peer.base_purl select gen_random_uuid(), 'cargo', null, name from (select distinct name from made) as d returning id, name),
        versioned as (insert into peer.versioned_purl select v, b.id, version from made join bases b using (name)),
        kept as (insert into peer.qualified_purl
          select q, v, '{}', jsonb_build_object('ty', 'cargo', 'name', name, 'version', version, 'qualifiers', '{}'::jsonb) from made)
      insert into peer.numbered select n, q, name, version from made`,
    [numbers, of.map(({ name }) => name), of.map(({ version }) => version)],
  );
  await client.query('create index on peer.numbered (n); analyze peer.numbered');
  for (let first = 0; first < size.artefacts; first += 500) {
    const ids = Array.from({ length: Math.min(500, size.artefacts - first) }, (_, i) => first + i);
    const packages = ids.map((i) => releasesOf(Math.floor(i / size.same), size.components));
    await client.query(
      `with documents as (select i, digest, gen_random_uuid() as id, gen_random_uuid() as source from unnest($1::int[], $4::text[]) as m(i, digest)),
          sources as (insert into peer.source_document
            select source, digest, digest || left(digest, 32), digest || digest, 300000, now() from documents),
          sboms as (insert into peer.sbom
            select id, 'document', 'urn:bench:' || i, now(), '{}', '{}', '{}', source, '{"type": "cyclonedx"}' from documents),
          parts as (select d.id, 'node-' || m.n as node, p.q, p.name, p.version from unnest($2::int[], $3::int[]) as m(i, n)
            join documents d on d.i = m.i join peer.numbered p on p.n = m.n),
          nodes as (insert into peer.sbom_node select id, node, name from parts union all select id, 'document', 'app-' || i % 50 from documents),
          kept as (insert into peer.sbom_package select id, node, null, version from parts),
          roots as (insert into peer.package_relates_to_package select 'document', 13, min(node), id from parts group by id)
        insert into peer.sbom_package_purl_ref select id, node, q from parts`,
      [
        ids,
        packages.flatMap((list, i) => list.map(() => first + i)),
        packages.flat(),
        ids.map((i) => digestOf(i)),
      ],
    );
  }
  await client.query(tables.after);
  await client.query('vacuum analyze');
}
