import type { PersonRegistry } from '../../access/ports.ts';
import type { Desk } from '../../inquiry/terms/desk.ts';
import {
  type DeskAttributes,
  type DeskPool,
  DeskSettings,
  type VendorContract,
} from '../../inquiry/terms/desk-settings.ts';
import { findDesk, type Terms } from '../../inquiry/terms/terms.ts';
import type { DeskId, Instant } from '../../inquiry/values/ids.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import { extendPointer } from '../rules/walk-conditions.ts';
import type { AcceptedConfig, ConfigRemark } from './routing-config.ts';

/** What desk settings are checked against. */
export type DeskSettingsContext = {
  readonly terms: Terms;
  /** The rules in force, whose pools must stay. */
  readonly rules: RuleSet;
  readonly people: Pick<PersonRegistry, 'byAddresses'>;
  readonly refusedUrl: (url: string) => string | undefined;
  readonly now: Instant;
};

/** Checks whole desk settings: their form, and every name in them and in the rules in force. */
export async function judgeDeskSettings(
  document: unknown,
  context: DeskSettingsContext,
): Promise<AcceptedConfig<DeskSettings> | { readonly faults: readonly ConfigRemark[] }> {
  const parsed = DeskSettings.safeParse(document);
  if (!parsed.success) {
    return {
      faults: parsed.error.issues.flatMap(({ path, message, ...issue }) =>
        issue.code === 'unrecognized_keys'
          ? issue.keys.map((key) => ({
              pointer: pointerTo(...path, key),
              detail: 'is not known here',
            }))
          : [{ pointer: pointerTo(...path), detail: message }],
      ),
    };
  }
  const settings = parsed.data;
  const standing = await judgeStandingAssignments(settings, context);
  const faults = [
    ...Object.entries(settings.desks).flatMap(([id, desk]) => findDeskFaults(id, desk, context)),
    ...Object.entries(settings.pools).flatMap(([id, pool]) => findPoolFaults(id, pool, context)),
    ...findVendorFaults(settings, context),
    ...findMissingPools(settings, context.rules),
    ...standing.faults,
  ];
  if (faults.length > 0) return { faults };
  return {
    body: settings,
    warnings: [...findDeskSettingsWarnings(settings, context), ...standing.warnings],
  };
}

function findDeskFaults(
  id: string,
  { contract, overflow, assignment }: DeskAttributes,
  { terms }: DeskSettingsContext,
): ConfigRemark[] {
  const desk = findDesk(terms, id);
  const here = (...path: PropertyKey[]) => pointerTo('desks', id, ...path);
  if (desk === undefined) return [{ pointer: here(), detail: `there is no desk ${id}` }];
  const faults: ConfigRemark[] = [];
  const checkTarget = (other: DeskId, ...path: PropertyKey[]) => {
    if (other === desk.id) faults.push({ pointer: here(...path), detail: 'is the desk itself' });
    else if (findDesk(terms, other) === undefined) {
      faults.push({ pointer: here(...path), detail: `there is no desk ${other}` });
    }
  };
  if (contract !== undefined) {
    if (desk.kind === 'internal') {
      faults.push({ pointer: here('contract'), detail: 'an internal desk has no contract' });
    }
    checkTarget(contract.otherwise, 'contract', 'otherwise');
    const { outsideCoverage } = contract;
    if (outsideCoverage !== 'hold') {
      checkTarget(outsideCoverage.desk, 'contract', 'outsideCoverage', 'desk');
    }
  }
  if (overflow !== undefined) checkTarget(overflow.to, 'overflow', 'to');
  if (desk.kind === 'outsourced' && assignment.standing.length > 0) {
    const pointer = here('assignment', 'standing');
    faults.push({ pointer, detail: 'a vendor gives its work to its own agents' });
  }
  return faults;
}

function findPoolFaults(
  id: string,
  { choose, members }: DeskPool,
  { terms }: DeskSettingsContext,
): ConfigRemark[] {
  const here = (...path: PropertyKey[]) => pointerTo('pools', id, ...path);
  const faults: ConfigRemark[] = [];
  for (const [index, { desk, categories }] of members.entries()) {
    if (findDesk(terms, desk) === undefined) {
      faults.push({ pointer: here('members', index, 'desk'), detail: `there is no desk ${desk}` });
    }
    if (members.findIndex((one) => one.desk === desk) < index) {
      faults.push({ pointer: here('members', index, 'desk'), detail: 'is a member already' });
    }
    if (choose !== 'category' && categories !== undefined) {
      const detail = 'only a pool that chooses by category asks for them';
      faults.push({ pointer: here('members', index, 'categories'), detail });
    }
  }
  if (choose === 'share' && members.every(({ share }) => share === 0)) {
    faults.push({ pointer: here('members'), detail: 'nobody has a share' });
  }
  return faults;
}

function findVendorFaults(
  { vendors }: DeskSettings,
  { terms, refusedUrl }: DeskSettingsContext,
): ConfigRemark[] {
  const known = new Set(terms.desks.map(({ vendor }) => vendor));
  return Object.entries(vendors).flatMap(([id, { system }]) => {
    const faults: ConfigRemark[] = [];
    if (![...known].some((vendor) => vendor === id)) {
      faults.push({ pointer: pointerTo('vendors', id), detail: `no desk is a desk of ${id}` });
    }
    const reason = system?.url === undefined ? undefined : refusedUrl(system.url);
    if (reason !== undefined) {
      const detail = `is not called: ${reason}; only https to public hosts is`;
      faults.push({ pointer: pointerTo('vendors', id, 'system', 'url'), detail });
    }
    const ids = system?.keys.map((key) => key.id) ?? [];
    for (const [index, key] of ids.entries()) {
      if (ids.indexOf(key) < index) {
        const pointer = pointerTo('vendors', id, 'system', 'keys', index, 'id');
        faults.push({ pointer, detail: 'another key has it' });
      }
    }
    return faults;
  });
}

/** Pools that the rules in force name must stay. */
function findMissingPools({ pools }: DeskSettings, rules: RuleSet): ConfigRemark[] {
  const namedPools = new Set(rules.rules.flatMap(({ set }) => set.pool ?? []));
  return [...namedPools]
    .filter((pool) => !Object.hasOwn(pools, pool))
    .map((pool) => ({ pointer: '/pools', detail: `rules in force name the pool ${pool}` }));
}

/** Warns of a standing agent of another desk, who gets nothing there; anybody else is a fault. */
async function judgeStandingAssignments(
  { desks }: DeskSettings,
  { people }: DeskSettingsContext,
): Promise<{ readonly faults: ConfigRemark[]; readonly warnings: ConfigRemark[] }> {
  const standingAgents = Object.entries(desks).flatMap(([desk, { assignment }]) =>
    assignment.standing.map(({ agent }, index) => ({
      ...{ agent, desk },
      pointer: pointerTo('desks', desk, 'assignment', 'standing', index, 'agent'),
    })),
  );
  if (standingAgents.length === 0) return { faults: [], warnings: [] };
  const persons = await people.byAddresses([...new Set(standingAgents.map(({ agent }) => agent))]);
  const agents = new Map(
    persons
      .filter(({ role, state }) => (role === 'staff' || role === 'lead') && state === 'active')
      .map((person) => [person.address, person]),
  );
  return {
    faults: standingAgents
      .filter(({ agent }) => !agents.has(agent))
      .map(({ agent, pointer }) => ({ pointer, detail: `${agent} is no agent of the house` })),
    warnings: standingAgents
      .filter(({ agent, desk }) => agents.get(agent)?.desks.some((one) => one === desk) === false)
      .map(({ agent, desk, pointer }) => ({ pointer, detail: `${agent} is not of desk ${desk}` })),
  };
}

function findDeskSettingsWarnings(
  { desks, pools, vendors }: DeskSettings,
  context: DeskSettingsContext,
): ConfigRemark[] {
  const { terms, rules, now } = context;
  const used = new Set(rules.rules.flatMap(({ set }) => set.pool ?? []));
  const unused = Object.keys(pools)
    .filter((id) => ![...used].some((pool) => pool === id))
    .map((id) => ({ pointer: pointerTo('pools', id), detail: 'no rule in force names it' }));
  const deskWarnings = Object.entries(desks).flatMap(([id, { contract, overflow, assignment }]) => {
    const desk = findDesk(terms, id);
    if (desk === undefined) return [];
    return [
      ...(contract === undefined ? [] : warnOfMissingCalendar(desk, contract, terms, now)),
      ...(overflow === undefined ? [] : warnOfVendorOverflow(desk, overflow.to, desks, terms)),
      ...(desk.mode === 'pull' && assignment.standing.length > 0
        ? [
            {
              pointer: pointerTo('desks', id, 'assignment', 'standing'),
              detail: 'agents claim at this desk, so that nothing is assigned there',
            },
          ]
        : []),
    ];
  });
  const unsigned = Object.entries(vendors)
    .filter(
      ([, { system }]) =>
        system !== undefined && !system.keys.some(({ state }) => state === 'active'),
    )
    .map(([id]) => ({
      pointer: pointerTo('vendors', id, 'system', 'keys'),
      detail: 'no key is active, so that nothing is sent and nothing taken',
    }));
  return [...unused, ...deskWarnings, ...unsigned];
}

function warnOfMissingCalendar(
  desk: Desk,
  contract: VendorContract,
  { serviceLevels }: Terms,
  now: Instant,
): ConfigRemark[] {
  if (serviceLevels.deskCalendar(desk.id, now) !== undefined) return [];
  const detail =
    contract.outsideCoverage === 'hold'
      ? 'the policies name no calendar for the desk, so that it counts as always covered'
      : 'the policies name no calendar for the desk, so that nothing is ever outside of coverage';
  return [{ pointer: pointerTo('desks', desk.id, 'contract'), detail }];
}

/** Overflow may send work to a vendor that was meant to stay in-house. */
function warnOfVendorOverflow(
  desk: Desk,
  into: DeskId,
  desks: DeskSettings['desks'],
  terms: Terms,
): ConfigRemark[] {
  const target = findDesk(terms, into);
  const takesAll = desks[into]?.contract?.categories === undefined;
  if (desk.kind !== 'internal' || target?.kind !== 'outsourced' || !takesAll) return [];
  const detail = `${into} takes every category, so that work of all kinds may go to ${target.vendor}`;
  return [{ pointer: pointerTo('desks', desk.id, 'overflow', 'to'), detail }];
}

function pointerTo(...path: readonly PropertyKey[]): string {
  return extendPointer('', ...path);
}
