/** The one part of crates.io's web API the kit answers: searching. */
import type { Release } from './upstream-shelf.ts';

type Listed = { readonly name: string; readonly releases: readonly Release[] };

/** `GET /api/v1/crates?q=&per_page=&page=` in crates.io's shape; an exact name comes first. */
export function search(all: readonly Listed[], query: URLSearchParams): unknown {
  const q = (query.get('q') ?? '').toLowerCase();
  const perPage = Number(query.get('per_page') ?? 10);
  const page = Number(query.get('page') ?? 1);
  const found = all
    .filter(({ name, releases }) => `${name} ${releases.at(-1)?.crate.description}`.toLowerCase().includes(q))
    .sort((a, b) => Number(b.name.toLowerCase() === q) - Number(a.name.toLowerCase() === q));
  const link = (to: number, isThere: boolean) =>
    isThere ? `?${new URLSearchParams({ ...Object.fromEntries(query), page: String(to) })}` : null;
  return {
    crates: found.slice((page - 1) * perPage, page * perPage).map((each) => summary(each, q)),
    meta: {
      total: found.length,
      next_page: link(page + 1, page * perPage < found.length),
      prev_page: link(page - 1, page > 1),
    },
  };
}

function summary({ name, releases }: Listed, q: string): unknown {
  const live = releases.filter((release) => !release.entry.yanked);
  const versions = (live.length > 0 ? live : releases).map((release) => release.crate.version);
  const ordered = versions.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const stable = ordered.filter((version) => !version.includes('-'));
  const times = releases.map((release) => release.entry.pubtime ?? null);
  const path = `/api/v1/crates/${name}`;
  return {
    id: name,
    name,
    description: releases.at(-1)?.crate.description ?? null,
    created_at: times[0],
    updated_at: times.at(-1),
    downloads: 0,
    recent_downloads: 0,
    default_version: stable.at(-1) ?? ordered.at(-1),
    max_version: ordered.at(-1),
    max_stable_version: stable.at(-1) ?? null,
    newest_version: versions.at(-1),
    num_versions: releases.length,
    yanked: live.length === 0,
    exact_match: name.toLowerCase() === q,
    homepage: null,
    documentation: null,
    repository: null,
    badges: [],
    categories: null,
    keywords: null,
    versions: null,
    links: {
      owner_team: `${path}/owner_team`,
      owner_user: `${path}/owner_user`,
      owners: `${path}/owners`,
      reverse_dependencies: `${path}/reverse_dependencies`,
      version_downloads: `${path}/downloads`,
      versions: `${path}/versions`,
    },
  };
}
