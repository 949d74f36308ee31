import type { Role } from '../../store/records.ts';

/** What a route of the API is for. `anything`: no token is asked for. */
export type Permission =
  | 'anything'
  | 'crates:fetch'
  | 'releases:read'
  | 'changes:read'
  | 'changes:keep'
  | 'graph:read'
  | 'policy:read'
  | 'policy:try'
  | 'policy:save'
  | 'inventory:read'
  | 'artefacts:add'
  | 'sightings:report'
  | 'sightings:read'
  | 'releases:ask'
  | 'vex:state'
  | 'exploited:state'
  | 'hosts:retire'
  | 'deployments:state'
  | 'releases:decide'
  | 'notify:test'
  | 'clock:trust'
  | 'tokens:read'
  | 'tokens:manage'
  | 'settings:read'
  | 'audit:read';

/** What a server that is open to whoever reaches it lets everybody do. */
const unlessClosed: readonly Permission[] = ['crates:fetch', 'releases:read'];

/** Whether a route asks for no token: always, or where the server is open. */
export function asksNothing(permission: Permission, isClosed: boolean): permission is 'anything' {
  return permission === 'anything' || (!isClosed && unlessClosed.includes(permission));
}

/** Who may do what. An admin may do everything; an agent nothing but report. */
const allowed: Readonly<Record<Exclude<Permission, 'anything'>, readonly Role[]>> = {
  'crates:fetch': ['reader', 'ci', 'reviewer', 'auditor', 'admin'],
  'releases:read': ['reader', 'ci', 'reviewer', 'auditor', 'admin'],
  'changes:read': ['reader', 'ci', 'reviewer', 'auditor', 'admin'],
  'graph:read': ['reader', 'ci', 'reviewer', 'auditor', 'admin'],
  'changes:keep': ['reader', 'ci', 'reviewer', 'admin'],
  'policy:read': ['reader', 'ci', 'reviewer', 'auditor', 'admin'],
  'policy:save': ['admin'],
  'policy:try': ['reviewer', 'auditor', 'admin'],
  'inventory:read': ['reader', 'ci', 'reviewer', 'auditor', 'admin'],
  'artefacts:add': ['ci', 'reviewer', 'admin'],
  'sightings:report': ['agent', 'admin'],
  'sightings:read': ['reader', 'reviewer', 'auditor', 'admin'],
  'releases:ask': ['reader', 'reviewer', 'admin'],
  'vex:state': ['reviewer', 'admin'],
  'exploited:state': ['reviewer', 'admin'],
  'hosts:retire': ['reviewer', 'admin'],
  'deployments:state': ['ci', 'reviewer', 'admin'],
  'releases:decide': ['reviewer', 'admin'],
  'notify:test': ['reviewer', 'admin'],
  'clock:trust': ['admin'],
  'tokens:read': ['auditor', 'admin'],
  'tokens:manage': ['admin'],
  'settings:read': ['auditor', 'admin'],
  'audit:read': ['auditor', 'admin'],
};

/** The roles that may do it, in the order of what they may do in all. */
export function rolesFor(permission: Exclude<Permission, 'anything'>): readonly Role[] {
  return allowed[permission];
}

/** All that somebody may do; without a role, what needs none. */
export function permissionsOf(
  role: Role | undefined,
  isClosed: boolean,
): readonly Exclude<Permission, 'anything'>[] {
  const all = Object.keys(allowed) as Exclude<Permission, 'anything'>[];
  return all.filter((one) => asksNothing(one, isClosed) || (role !== undefined && mayDo(role, one)));
}

/** Whether a role may do it. */
export function mayDo(role: Role, permission: Permission): boolean {
  return permission === 'anything' || allowed[permission].includes(role);
}

/** What each role is for, as `safeguard token create --help` and the documentation say it. */
export const roleWords: Readonly<Record<Role, string>> = {
  reader: 'fetches crates, and asks what the inventory knows',
  ci: 'the same, adds artefacts and states where they are deployed',
  build: 'is exchanged once for what one build fetches, and opens nothing else',
  agent: 'reports what a host runs, and reads nothing',
  reviewer: 'decides on releases and says how advisories stand, adds artefacts, reads',
  auditor: 'reads everything, who decided what included, and changes nothing',
  admin: 'everything, tokens included',
};
