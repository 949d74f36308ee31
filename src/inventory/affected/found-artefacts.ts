import type { Entry } from '../../facts/advisories/database.ts';
import type { DeploymentReader } from '../../store/deployments/reader.ts';
import type { DeploymentRecord } from '../../store/deployments/records.ts';
import type { ArtefactRecord, ComponentRecord } from '../../store/inventory/records.ts';
import type { Placed } from '../../store/inventory/set-blocks.ts';
import type { InventoryReader, PlaceFilter } from '../../store/inventory/store.ts';
import type { InstalledArtefact, RunningAt, SightingStore } from '../../store/sightings/store.ts';
import type { Said } from '../vex/holds.ts';
import { type Defines, functionsNamed, type Ranked, rankOf } from './functions.ts';
import type { SetUpgrades } from './next-of-all.ts';
import { type Statements, saidIn } from './stated.ts';
import { judgeCrate } from './suspects.ts';
import type { Upgrade } from './upgrades.ts';

export interface AffectedArtefact {
  readonly artefact: ArtefactRecord;
  readonly findings: readonly ArtefactFinding[];
  /** Hosts that run it, the first few by name. */
  readonly running: readonly RunningAt[];
  /** Where something names it which starts programs, and no process runs it: the first few. */
  readonly installed: readonly InstalledArtefact[];
  /** Where it is stated to be deployed, the first few. */
  readonly deployed: readonly DeploymentRecord[];
  /** What rids it of all of that; `undefined`: its list does not tell, or it was not worked out. */
  readonly upgrade: Upgrade | undefined;
}

/** Hosts that are named of one artefact. */
const maxHosts = 20;

export interface ArtefactFinding {
  readonly component: ComponentRecord;
  readonly member: Placed['member'];
  readonly way: Placed['way'];
  /** The names on the way, the project's own first. */
  readonly path: readonly string[];
  /** What is said of it, and whether that holds. */
  readonly said: Said | undefined;
  /** Why it ranks behind others; it counts like them. */
  readonly ranked: Ranked | undefined;
}

/** Where it is looked up. */
interface PageParts {
  readonly inventory: InventoryReader;
  readonly sightings: SightingStore;
  readonly deployments: Pick<DeploymentReader, 'of'>;
}

/** What is looked for in the artefacts of a page. */
interface Wanted {
  /** Ids of the releases. */
  readonly wanted: ReadonlySet<number>;
  readonly statements: Statements;
  readonly runsOn: PlaceFilter | undefined;
  readonly upgrades: SetUpgrades;
  readonly entries: readonly Entry[];
  readonly defines: Defines;
}

/** The artefacts of a page with what of them is struck, and where they run, are installed and are stated to be. */
export async function withFindings(
  { inventory: store, sightings, deployments }: PageParts,
  artefacts: readonly ArtefactRecord[],
  { wanted, statements, runsOn, upgrades, entries, defines }: Wanted,
): Promise<readonly AffectedArtefact[]> {
  const found = await store.membersOf(
    artefacts.map(({ setId }) => setId),
    wanted,
  );
  const ids = [...found.values()].flatMap((list) =>
    list.flatMap(({ member, way }) => [member.component, ...way.path]),
  );
  const components = new Map((await store.components([...new Set(ids)])).map((one) => [one.id, one]));
  const running = await sightings.runningAt(artefacts, maxHosts, runsOn);
  const installed = isStatedMeant(runsOn) ? await sightings.installedOf(artefacts, maxHosts, runsOn) : [];
  const stated = isStatedMeant(runsOn) ? artefacts.map(({ id }) => id) : [];
  const deployed = await deployments.of(stated, maxHosts, runsOn);
  const named = new Map([...components].map(([id, one]) => [id, namedOf(one, entries)]));
  const findings = artefacts.flatMap((artefact) =>
    (found.get(artefact.setId) ?? []).flatMap(({ member, way }) => {
      const component = components.get(member.component);
      const path = way.path.map((id) => components.get(id)?.name ?? '');
      const said = saidIn(statements, artefact, member);
      return component === undefined ? [] : [{ artefactId: artefact.id, component, member, way, path, said }];
    }),
  );
  const ranks = await rankOf(
    store,
    defines,
    findings.map(({ artefactId, component }) => ({
      artefactId,
      component,
      functions: named.get(component.id) ?? [],
    })),
  );
  const ranked = findings.map(({ artefactId, ...finding }, i) => ({
    artefactId,
    finding: { ...finding, ranked: ranks[i] },
  }));
  const findingsOf = Map.groupBy(ranked, ({ artefactId }) => artefactId);
  return artefacts.map((artefact, i) => ({
    artefact,
    running: running[i] ?? [],
    installed: installed[i] ?? [],
    deployed: deployed.get(artefact.id) ?? [],
    upgrade: upgrades.get(artefact.setId),
    findings: (findingsOf.get(artefact.id) ?? []).map(({ finding }) => finding),
  }));
}

/** The functions that the advisories about a release name. */
function namedOf(component: ComponentRecord, entries: readonly Entry[]): readonly string[] {
  const meant = entries.filter((entry) => judgeCrate(component, entry).kind === 'meant');
  return meant.length === 0
    ? []
    : functionsNamed(
        meant.map(({ advisory }) => advisory),
        component.version,
      );
}

/** Whether what nobody saw running is asked for, too. */
export function isStatedMeant(runsOn: PlaceFilter | undefined): boolean {
  return runsOn === undefined || runsOn.orStated === true;
}
