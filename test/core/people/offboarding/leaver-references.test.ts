import { describe, expect, it } from 'vitest';
import { Person } from '../../../../core/access/person.ts';
import { ServiceLevels } from '../../../../core/inquiry/clock/service-levels.ts';
import { DeskSettings } from '../../../../core/inquiry/terms/desk-settings.ts';
import {
  shippedCalendars,
  shippedPolicies,
} from '../../../../core/inquiry/terms/shipped-service-levels.ts';
import { PoliciesDocument } from '../../../../core/inquiry/terms/sla-policies.ts';
import {
  addSeconds,
  EmailAddress,
  type Instant,
  Sub,
} from '../../../../core/inquiry/values/ids.ts';
import {
  findChainsNaming,
  findStandingAssignments,
  replaceStandingAgent,
} from '../../../../core/people/offboarding/leaver-references.ts';
import { markAsLeft } from '../../../../core/people/offboarding/offboard-agent.ts';

const now = '2026-11-24T00:00:00.000Z' as Instant;
const later = (seconds: number) => addSeconds(now, seconds);
const leaver = EmailAddress.parse('anna@toritsugi.example');
const successor = EmailAddress.parse('ben@toritsugi.example');

const settings = DeskSettings.parse({
  desks: {
    staff: {
      handleMinutes: 20,
      assignment: {
        capacity: 12,
        standing: [
          { agent: leaver, categories: ['network'] },
          { agent: 'chi@toritsugi.example', categories: ['password'] },
          { agent: leaver, services: ['sap'] },
        ],
      },
    },
    bpo: { overflow: { to: 'staff', enter: { depth: 9 }, leave: { depth: 4 } } },
  },
  vendors: { 'vendor-a': {} },
});

describe('standing assignments', () => {
  it('are named with their desk', () => {
    expect(findStandingAssignments(settings, leaver)).toEqual([
      { desk: 'staff', categories: ['network'], services: [] },
      { desk: 'staff', categories: [], services: ['sap'] },
    ]);
  });

  it('pass to the successor in their place, and all else stays', () => {
    const after = replaceStandingAgent(settings, { leaver, successor });
    expect(after).toEqual(
      DeskSettings.parse(JSON.parse(JSON.stringify(settings).replaceAll(leaver, successor))),
    );
  });

  it('go where there is no successor', () => {
    const after = replaceStandingAgent(settings, { leaver });
    expect(after?.desks['staff' as never]).toMatchObject({
      ...{ handleMinutes: 20 },
      assignment: { capacity: 12, standing: [{ agent: 'chi@toritsugi.example' }] },
    });
    expect(after && replaceStandingAgent(after, { leaver })).toBeUndefined();
  });
});

describe('escalation chains', () => {
  const policies = (chains: readonly object[]) =>
    PoliciesDocument.parse({ ...shippedPolicies.body, chains });
  const clock = { on: 'clock', warning: [], steps: [] };
  const tell = [{ to: 'leads' }, { to: 'person', sub: 'anna' }];

  it('that tell somebody are found in the policies in force and in those to come', () => {
    const first = policies([
      { ...clock, id: 'by-sub', warning: tell, steps: [{ afterMinutes: 5, tell }] },
      {
        ...{ ...clock, id: 'by-address' },
        steps: [
          { afterMinutes: 0, tell: [{ to: 'leads' }] },
          { afterMinutes: 30, tell: [{ to: 'address', address: leaver }] },
        ],
      },
      { ...clock, id: 'others', warning: [{ to: 'person', sub: 'ben' }] },
    ]);
    const second = policies([{ ...clock, id: 'to-come', warning: tell }]);
    const levels = new ServiceLevels(
      [
        shippedPolicies,
        { version: 1, from: later(-60), recordedAt: later(-60), body: first },
        { version: 2, from: later(3600), recordedAt: later(-30), body: second },
      ],
      [shippedCalendars],
    );
    const them = { sub: Sub.parse('anna'), address: leaver };
    expect(findChainsNaming(levels, them, now)).toEqual([
      { policies: 1, chain: 'by-sub', warning: true, afterMinutes: [5] },
      { policies: 1, chain: 'by-address', warning: false, afterMinutes: [30] },
      { policies: 2, chain: 'to-come', warning: true, afterMinutes: [] },
    ]);
    expect(findChainsNaming(levels, them, later(3600))).toEqual([
      { policies: 2, chain: 'to-come', warning: true, afterMinutes: [] },
    ]);
  });
});

describe('somebody who has left', () => {
  it('is away, and their absences are over', () => {
    const absence = (id: string, from: number, until: number) => ({
      ...{ id, from: later(from), until: later(until) },
      categories: [],
    });
    const person = Person.parse({
      ...{ address: leaver, sub: 'anna', name: 'Anna', role: 'staff', presence: 'present' },
      absences: [absence('over', -20, -10), absence('now', -5, 5), absence('planned', 10, 20)],
    });
    const left = Person.parse(markAsLeft(person, now));
    expect(left).toMatchObject({ state: 'left', presence: 'away', presenceAt: now, sub: 'anna' });
    expect(left.absences).toEqual([absence('over', -20, -10), absence('now', -5, 0)]);
  });
});
