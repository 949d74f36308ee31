import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import type { ChangeFilter } from './api/changes.ts';
import type { GraphOf } from './api/graph.ts';
import type { ArtefactFilter, RunningFilter } from './api/inventory.ts';
import type { QuarantineFilter } from './api/queries.ts';
import { type PolicyTab, policyTabs } from './pages/policy/tabs.ts';
import { type ReleaseTab, releaseTabs } from './pages/release/tabs.ts';
import { type Standing, standings } from './pages/requests/standing.ts';
import { Frame } from './parts/frame.tsx';
import { NotFound } from './parts/not-found.tsx';
import { Trouble } from './parts/trouble.tsx';

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;

function oneOf<T extends string>(values: readonly T[], value: unknown): T | undefined {
  return values.find((one) => one === value);
}

const rootRoute = createRootRoute({ component: Frame, notFoundComponent: NotFound });

const today = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/today/page.tsx'), 'Today'),
});

/** The filters of a list stand in its address, so that a link shows what its sender saw. */
const quarantine = createRoute({
  getParentRoute: () => rootRoute,
  path: '/quarantine',
  validateSearch: (search: Record<string, unknown>): QuarantineFilter => ({
    state: text(search.state),
    crate: text(search.crate),
    registry: text(search.registry),
    order: oneOf(['until'] as const, search.order),
  }),
  component: lazyRouteComponent(() => import('./pages/quarantine/page.tsx'), 'Quarantine'),
});

const release = createRoute({
  getParentRoute: () => rootRoute,
  path: '/releases/$crate/$version',
  validateSearch: (
    search: Record<string, unknown>,
  ): {
    registry?: string | undefined;
    tab?: ReleaseTab | undefined;
    file?: string | undefined;
    line?: number | undefined;
  } => ({
    registry: text(search.registry),
    tab: oneOf(releaseTabs, search.tab),
    file: text(search.file),
    line: typeof search.line === 'number' ? search.line : undefined,
  }),
  component: lazyRouteComponent(() => import('./pages/release/page.tsx'), 'Release'),
});

const requests = createRoute({
  getParentRoute: () => rootRoute,
  path: '/requests',
  validateSearch: (search: Record<string, unknown>): { standing?: Standing | undefined } => ({
    standing: oneOf(Object.keys(standings) as Standing[], search.standing),
  }),
  component: lazyRouteComponent(() => import('./pages/requests/page.tsx'), 'Requests'),
});

const changes = createRoute({
  getParentRoute: () => rootRoute,
  path: '/changes',
  validateSearch: (search: Record<string, unknown>): ChangeFilter => ({
    verdict: oneOf(['allow', 'hold', 'review', 'deny'] as const, search.verdict),
    name: text(search.name),
  }),
  component: lazyRouteComponent(() => import('./pages/changes/page.tsx'), 'Changes'),
});

const change = createRoute({
  getParentRoute: () => rootRoute,
  path: '/changes/$id',
  component: lazyRouteComponent(() => import('./pages/changes/change.tsx'), 'ChangePage'),
});

const graph = createRoute({
  getParentRoute: () => rootRoute,
  path: '/graph',
  validateSearch: (search: Record<string, unknown>): GraphOf => ({
    change: text(search.change),
    side: oneOf(['before'] as const, search.side),
    artefact: text(search.artefact),
    to: text(search.to),
  }),
  component: lazyRouteComponent(() => import('./pages/graph/page.tsx'), 'Graph'),
});

const approvals = createRoute({
  getParentRoute: () => rootRoute,
  path: '/approvals',
  component: lazyRouteComponent(() => import('./pages/approvals/page.tsx'), 'Approvals'),
});

const artefacts = createRoute({
  getParentRoute: () => rootRoute,
  path: '/artefacts',
  validateSearch: (search: Record<string, unknown>): ArtefactFilter => ({
    name: text(search.name),
    trust: oneOf(['signed', 'unsigned', 'recovered', 'unverified'] as const, search.trust),
    verdict: oneOf(['not-allowed'] as const, search.verdict),
    crate: text(search.crate),
  }),
  component: lazyRouteComponent(() => import('./pages/artefacts/page.tsx'), 'Artefacts'),
});

const artefact = createRoute({
  getParentRoute: () => rootRoute,
  path: '/artefacts/$id',
  component: lazyRouteComponent(() => import('./pages/artefacts/artefact.tsx'), 'Artefact'),
});

const running = createRoute({
  getParentRoute: () => rootRoute,
  path: '/running',
  validateSearch: (search: Record<string, unknown>): RunningFilter => ({
    host: text(search.host),
    standing: oneOf(['tampered', 'known', 'stripped', 'changed', 'unknown'] as const, search.standing),
    restart: oneOf(['yes'] as const, search.restart),
  }),
  component: lazyRouteComponent(() => import('./pages/running/page.tsx'), 'Running'),
});

const affected = createRoute({
  getParentRoute: () => rootRoute,
  path: '/affected',
  validateSearch: (
    search: Record<string, unknown>,
  ): { of?: string | undefined; library?: boolean | undefined } => ({
    of: text(search.of),
    library: search.library === true ? true : undefined,
  }),
  component: lazyRouteComponent(() => import('./pages/affected/page.tsx'), 'Affected'),
});

const policy = createRoute({
  getParentRoute: () => rootRoute,
  path: '/policy',
  validateSearch: (
    search: Record<string, unknown>,
  ): { tab?: PolicyTab | undefined; from?: string | undefined; setting?: string | undefined } => ({
    tab: oneOf(policyTabs, search.tab),
    from: text(search.from),
    setting: text(search.setting),
  }),
  component: lazyRouteComponent(() => import('./pages/policy/page.tsx'), 'Policy'),
});

const audit = createRoute({
  getParentRoute: () => rootRoute,
  path: '/audit',
  validateSearch: (search: Record<string, unknown>): { find?: string | undefined } => ({
    find: text(search.find),
  }),
  component: lazyRouteComponent(() => import('./pages/audit/page.tsx'), 'Audit'),
});

const tokens = createRoute({
  getParentRoute: () => rootRoute,
  path: '/tokens',
  component: lazyRouteComponent(() => import('./pages/tokens/page.tsx'), 'Tokens'),
});

const settings = createRoute({
  getParentRoute: () => rootRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('./pages/settings/page.tsx'), 'ServerSettings'),
});

const signIn = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (
    search: Record<string, unknown>,
  ): { back?: string | undefined; refused?: string | undefined } => {
    const back = text(search.back);
    // Only to a page of this server.
    return {
      back: back !== undefined && /^\/(?![/\\])/.test(back) ? back : undefined,
      refused: text(search.refused),
    };
  },
  component: lazyRouteComponent(() => import('./pages/sign-in/page.tsx'), 'SignIn'),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    today,
    quarantine,
    release,
    requests,
    changes,
    change,
    graph,
    approvals,
    artefacts,
    artefact,
    running,
    affected,
    policy,
    audit,
    tokens,
    settings,
    signIn,
  ]),
  defaultErrorComponent: ({ error }) => <Trouble error={error} />,
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
