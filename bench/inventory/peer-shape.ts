// The shape that trustify keeps documents in, and what it asks of it, in our own words, as of its commit 2d660c972ef9:
// `entity/src` and `migration/src/m0000010_init_up.sql`; `find_related_sboms` of
// `modules/fundamental/src/sbom/service/sbom.rs` behind `GET /v2/sbom/by-package`, and `SbomSummary::from_entity` of
// `modules/fundamental/src/sbom/model/mod.rs` for each document of a page. What is left out makes it faster: edges
// between packages, licences, CPEs, foreign keys, indexes that these questions do not use, and its server itself.

export const tables = {
  before: `set search_path to peer;
    create unlogged table base_purl (id uuid primary key, type text, namespace text, name text, unique (type, namespace, name));
    create unlogged table versioned_purl (id uuid primary key, base_purl_id uuid, version text);
    create unlogged table qualified_purl (id uuid primary key, versioned_purl_id uuid, qualifiers jsonb, purl jsonb);
    create unlogged table source_document (id uuid primary key, sha256 text, sha384 text, sha512 text, size bigint, ingested timestamptz);
    create unlogged table sbom (sbom_id uuid primary key, node_id text, document_id text, published timestamptz, authors text[], suppliers text[],
      data_licenses text[], source_document_id uuid, labels jsonb);
    create unlogged table sbom_node (sbom_id uuid, node_id text, name text);
    create unlogged table sbom_package (sbom_id uuid, node_id text, "group" text, version text);
    create unlogged table sbom_package_purl_ref (sbom_id uuid, node_id text, qualified_purl_id uuid);
    create unlogged table package_relates_to_package (left_node_id text, relationship int, right_node_id text, sbom_id uuid);
    create unlogged table cpe (id uuid primary key, part text, vendor text, product text, version text);
    create unlogged table sbom_package_cpe_ref (sbom_id uuid, node_id text, cpe_id uuid, primary key (sbom_id, node_id, cpe_id));
    create unlogged table license (id uuid primary key, text text);
    create unlogged table sbom_package_license (sbom_id uuid, node_id text, license_id uuid, license_type int, primary key (sbom_id, node_id, license_id, license_type));
    create unlogged table licensing_infos (sbom_id uuid, license_id text, name text, primary key (sbom_id, license_id));
    create unlogged table numbered (n int, q uuid, name text, version text)`,
  after: `create index on versioned_purl (base_purl_id);
    create index on qualified_purl (versioned_purl_id);
    alter table sbom_node add primary key (sbom_id, node_id);
    alter table sbom_package add primary key (sbom_id, node_id);
    alter table sbom_package_purl_ref add primary key (sbom_id, node_id, qualified_purl_id);
    create index on sbom_package_purl_ref (qualified_purl_id);
    alter table package_relates_to_package add primary key (sbom_id, left_node_id, relationship, right_node_id)`,
} as const;

/** The releases of a package ($1: its type, $2: its name). Its documents are asked for by release alone. */
export const releasesNamed = `select q.id from base_purl b join versioned_purl v on v.base_purl_id = b.id join qualified_purl q on q.versioned_purl_id = v.id
  where b.type = $1 and b.namespace is null and b.name = $2`;

/** Documents with a release ($1), each with the node that bears its name. */
const related = `select s.*, r.name from sbom s join sbom_package p on p.sbom_id = s.sbom_id
  join sbom_package_purl_ref f on f.sbom_id = p.sbom_id and f.node_id = p.node_id
  left join sbom_node r on r.node_id = s.node_id and r.sbom_id = s.sbom_id where f.qualified_purl_id = $1`;

export const howMany = `select count(*) as n from (${related}) as found`;

/** No order is asked for. $2: how many. */
export const firstPage = `${related} limit $2`;

/**
 * What is asked for each document of a page: licence texts, the packages that it describes, the file that it came as,
 * and how many packages it has.
 */
export const described: readonly (readonly [query: string, of: 'document' | 'source'])[] = [
  ['select license_id, name from licensing_infos where sbom_id = $1', 'document'],
  [
    `select n.node_id, n.name, e.relationship, p."group", p.version,
      coalesce(json_agg(distinct jsonb_build_object('name', l.text, 'type', w.license_type)) filter (where l.text is not null), '[]'::json) as licences,
      coalesce(array_agg(distinct q.purl) filter (where f.qualified_purl_id is not null), '{}') as purls,
      to_json(coalesce(array_agg(distinct c) filter (where m.cpe_id is not null), '{}')) as cpes
    from package_relates_to_package e
      join sbom_node n on n.sbom_id = e.sbom_id and n.node_id = e.right_node_id
      join sbom_package p on p.sbom_id = n.sbom_id and p.node_id = n.node_id
      left join sbom_package_purl_ref f on f.sbom_id = p.sbom_id and f.node_id = p.node_id
      left join sbom_package_cpe_ref m on m.sbom_id = p.sbom_id and m.node_id = p.node_id
      left join sbom_package_license w on w.sbom_id = p.sbom_id and w.node_id = p.node_id
      left join license l on l.id = w.license_id
      left join qualified_purl q on q.id = f.qualified_purl_id
      left join versioned_purl v on v.id = q.versioned_purl_id
      left join base_purl b on b.id = v.base_purl_id
      left join cpe c on c.id = m.cpe_id
      join sbom s on s.sbom_id = n.sbom_id
    where e.sbom_id = $1 and e.relationship = 13
    group by n.node_id, n.name, e.relationship, p."group", p.version`,
    'document',
  ],
  ['select * from source_document where id = $1', 'source'],
  ['select count(*) as n from (select * from sbom_package where sbom_id = $1) as all_of_it', 'document'],
];
