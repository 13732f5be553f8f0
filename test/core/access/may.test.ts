import { describe, expect, test } from 'vitest';
import {
  type AccessDecision,
  type DeskAction,
  deskActions,
  type InquiryAction,
  inquiryActions,
  may,
  mayAtDesk,
} from '../../../core/access/may.ts';
import { Person, Role } from '../../../core/access/person.ts';
import { evolve } from '../../../core/inquiry/evolve.ts';
import { type Inquiry, InquiryStatus } from '../../../core/inquiry/snapshot.ts';
import { VendorId } from '../../../core/inquiry/values/ids.ts';
import { makeInquiryIn } from '../../support/inquiries.ts';
import { readSpecimen } from '../../support/specimens.ts';

type PersonChanges = Partial<{ -readonly [key in keyof Person]: unknown }>;

function person(role: Role, name: string, changes: PersonChanges = {}): Person {
  return Person.parse({ address: `${name}@toritsugi.example`, sub: name, name, role, ...changes });
}

const operator = (name: string, vendor: string, ...desks: string[]) =>
  person('operator', name, { vendor, desks });

const vendorSystem = (vendor: string, ...desks: string[]) =>
  person('system', 'employee-1', { vendor, desks });

/** An inquiry of employee-1 with employee-2 as participant, claimed at vendor-a's desk `bpo`. */
const atBpo = makeInquiryIn('in_progress');
/** The same inquiry after its transfer to the staff. */
const passedOn = evolve(atBpo, readSpecimen('InquiryTransferred'));

/** One person for each relation to an inquiry. */
const actors = {
  'its requester': [person('requester', 'employee-1'), atBpo],
  'a participant': [person('requester', 'employee-2'), atBpo],
  'another employee': [person('requester', 'employee-9'), atBpo],
  'an operator of its desk': [operator('operator-a1', 'vendor-a', 'bpo'), atBpo],
  'an operator of its vendor, other desk': [operator('operator-a9', 'vendor-a', 'bpo-2'), atBpo],
  'an operator whose vendor had it': [operator('operator-a1', 'vendor-a', 'bpo'), passedOn],
  'another vendor’s operator': [operator('operator-b1', 'vendor-b', 'bpo-b'), atBpo],
  'another vendor’s operator, listed at the desk': [
    operator('operator-b1', 'vendor-b', 'bpo'),
    atBpo,
  ],
  'an operator who wrote it': [operator('employee-1', 'vendor-b', 'bpo-b'), atBpo],
  staff: [person('staff', 'staff-1'), atBpo],
  'staff who wrote it': [person('staff', 'employee-1'), atBpo],
  'a lead': [person('lead', 'lead-1'), atBpo],
  'a lead who wrote it': [person('lead', 'employee-1'), atBpo],
  'a machine client': [person('system', 'employee-1'), atBpo],
  'a system of its vendor': [vendorSystem('vendor-a', 'bpo'), atBpo],
  'a system whose vendor had it': [vendorSystem('vendor-a', 'bpo'), passedOn],
  'another vendor’s system': [vendorSystem('vendor-b', 'bpo-b'), atBpo],
  'a lead who has left': [person('lead', 'employee-1', { state: 'left' }), atBpo],
  'a requester who has left': [person('requester', 'employee-1', { state: 'left' }), atBpo],
} satisfies Record<string, readonly [Person, Inquiry]>;
type Actor = keyof typeof actors;

// biome-ignore format: a table is read by its columns
const permissions: Readonly<Record<InquiryAction, string>> = {
  // requester: own, part, none | operator: desk, other desk, had it, others ×3 | staff, own | lead, own | system, of its vendor, had it, other | left ×2
  'read':            'a a h   a a a h h h   a a   a a   h a a h   h h',
  'read-messages':   'a a h   a f f h h h   a a   a a   h a f h   h h',
  'read-notes':      'f f h   a f f h h h   a a   a a   h a f h   h h',
  'read-events':     'f f h   f f f h h h   a a   a a   h f f h   h h',
  'explain-clocks':  'f f h   a f f h h h   a a   a a   h a f h   h h',
  'reply':           'a a h   a f f h h h   a a   a a   h a f h   h h',
  'note':            'f f h   a f f h h h   a a   a a   h a f h   h h',
  'claim':           'f f h   a f f h h h   a a   a a   h a f h   h h',
  'heartbeat':       'f f h   a f f h h h   a a   a a   h a f h   h h',
  'release':         'f f h   a f f h h h   a a   a a   h a f h   h h',
  'decline':         'f f h   a f f h h h   a a   a a   h a f h   h h',
  'transfer':        'f f h   a f f h h h   a a   a a   h a f h   h h',
  'wait':            'f f h   a f f h h h   a a   a a   h a f h   h h',
  'resume':          'f f h   a f f h h h   a a   a a   h a f h   h h',
  'resolve':         'f f h   a f f h h h   a a   a a   h a f h   h h',
  'no-reply-needed': 'f f h   a f f h h h   a a   a a   h a f h   h h',
  'reopen':          'a f h   a f f h h h   a a   a a   h a f h   h h',
  'withdraw':        'a f h   f f f h h h   a a   a a   h f f h   h h',
  'close':           'a f h   f f f h h h   a a   a a   h f f h   h h',
  'merge':           'f f h   f f f h h h   a a   a a   h f f h   h h',
  'rate':            'a f h   f f f h h h   f a   f a   h f f h   h h',
  'amend':           'f f h   f f f h h h   a a   a a   h f f h   h h',
  'ask-unmasking':   'f f h   a f f h h h   f f   f f   h a f h   h h',
  'settle-unmasking':'f f h   f f f h h h   a a   a a   h f f h   h h',
  'explain-routing': 'f f h   f f f h h h   a a   a a   h f f h   h h',
};

const meaning: Readonly<Record<string, AccessDecision>> = {
  a: 'allowed',
  f: 'forbidden',
  h: 'hidden',
};

describe('with an inquiry', () => {
  test('the table has a row for every action and a column for everybody', () => {
    expect(Object.keys(permissions).sort()).toEqual([...inquiryActions].sort());
    for (const row of Object.values(permissions)) {
      expect(row.split(/ +/)).toHaveLength(Object.keys(actors).length);
    }
    expect(new Set(Object.values(actors).map(([{ role }]) => role))).toEqual(new Set(Role.options));
  });

  describe.each(inquiryActions)('%s', (action) => {
    const row = permissions[action].split(/ +/);
    test.each(Object.keys(actors).map((name, index) => [name, meaning[row[index] ?? '']] as const))(
      'by %s is %s',
      (name, expected) => {
        const [actor, inquiry] = actors[name as Actor];
        expect(may(actor, action, inquiry)).toBe(expected);
      },
    );
  });
});

describe('a vendor’s operator', () => {
  const anA = operator('operator-a1', 'vendor-a', 'bpo');

  test.each([
    ['queued', 'allowed'],
    ['in_progress', 'allowed'],
    ['waiting', 'allowed'],
    ['resolved', 'allowed'],
    ['closed', 'forbidden'],
    ['merged', 'forbidden'],
    ['new', 'hidden'],
    ['quarantined', 'hidden'],
  ] as const)('may read the thread at their desk while it is %s: %s', (status, expected) => {
    expect(may(anA, 'read-messages', makeInquiryIn(status))).toBe(expected);
  });

  test('sees no more than that there is one, while it is new again', () => {
    const anew: Inquiry = { ...makeInquiryIn('queued'), status: 'new' };
    expect(may(anA, 'read', anew)).toBe('allowed');
    expect(may(anA, 'read-messages', anew)).toBe('forbidden');
  });
});

test('an operator entered at another vendor’s desk sees no more than that vendor’s stub', () => {
  const misplaced = operator('operator-a9', 'vendor-a', 'bpo-b');
  const atB: Inquiry = {
    ...makeInquiryIn('queued'),
    ...(misplaced.desks[0] === undefined ? {} : { desk: misplaced.desks[0] }),
    vendor: VendorId.parse('vendor-b'),
    vendors: [VendorId.parse('vendor-a'), VendorId.parse('vendor-b')],
  };
  expect(may(misplaced, 'read', atB)).toBe('allowed');
  expect(may(misplaced, 'read-messages', atB)).toBe('forbidden');
});

test('what is quarantined or was discarded is for leads alone, whoever it says it is from', () => {
  const { requester } = makeInquiryIn('quarantined');
  const named = { ...person('requester', 'employee-1'), address: requester.address };
  const discarded: Inquiry = {
    ...makeInquiryIn('quarantined'),
    status: 'closed',
    closedBy: 'discarded',
  };
  for (const inquiry of [makeInquiryIn('quarantined'), discarded]) {
    expect(may(named as Person, 'read', inquiry)).toBe('hidden');
    expect(may(person('staff', 'staff-1'), 'read', inquiry)).toBe('hidden');
    expect(may(person('lead', 'lead-1'), 'read', inquiry)).toBe('allowed');
  }
});

test('an inquiry is somebody’s own by address or by subject', () => {
  const { address: _, ...bySub } = atBpo.requester;
  const moved = person('requester', 'married-name', { sub: 'employee-1' });
  expect(may(moved, 'withdraw', { ...atBpo, requester: bySub })).toBe('allowed');
  const nameless = { ...atBpo, requester: { phone: '03-0000-0000' } };
  const { sub: _sub, ...withoutSub } = person('requester', 'employee-9');
  expect(may(withoutSub, 'read', nameless)).toBe('hidden');
});

test.each(InquiryStatus.options)('nobody who is a stranger sees it while it is %s', (status) => {
  for (const stranger of [
    person('requester', 'employee-9'),
    operator('operator-b1', 'vendor-b', 'bpo-b'),
    person('system', 'form-1'),
  ]) {
    expect(may(stranger, 'read', makeInquiryIn(status))).toBe('hidden');
  }
});

// biome-ignore format: a table is read by its columns
const rights: Readonly<Record<DeskAction, Readonly<Record<Role, boolean>>>> = {
  'open-inquiry':      { requester: true,  operator: false, staff: true,  lead: true, system: true },
  'log-call':          { requester: false, operator: true,  staff: true,  lead: true, system: false },
  'upload':            { requester: true,  operator: true,  staff: true,  lead: true, system: false },
  'read-desks':        { requester: false, operator: true,  staff: true,  lead: true, system: false },
  'read-agents':       { requester: false, operator: false, staff: true,  lead: true, system: false },
  'set-presence':      { requester: false, operator: true,  staff: true,  lead: true, system: false },
  'keep-people':       { requester: false, operator: false, staff: false, lead: true, system: false },
  'review-quarantine': { requester: false, operator: false, staff: false, lead: true, system: false },
  'review-breaches':   { requester: false, operator: false, staff: false, lead: true, system: false },
  'read-receipts':     { requester: false, operator: false, staff: false, lead: true, system: false },
  'list-open':         { requester: false, operator: false, staff: true,  lead: true, system: false },
  'configure-routing': { requester: false, operator: false, staff: false, lead: true, system: false },
  'configure-desks':   { requester: false, operator: false, staff: false, lead: true, system: false },
  'simulate-routing':  { requester: false, operator: false, staff: false, lead: true, system: false },
  'read-audit':        { requester: false, operator: false, staff: false, lead: true, system: false },
  'offboard':          { requester: false, operator: false, staff: false, lead: true, system: false },
  'erase-people':      { requester: false, operator: false, staff: false, lead: true, system: false },
  'keep-absences':     { requester: false, operator: false, staff: true,  lead: true, system: false },
  'work-as-vendor-system': { requester: false, operator: false, staff: false, lead: false, system: false },
};

describe('apart from any inquiry', () => {
  const somebody = (role: Role, changes: PersonChanges = {}) =>
    person(role, 'somebody', role === 'operator' ? { vendor: 'vendor-a', ...changes } : changes);

  test('the table has a row for every action', () => {
    expect(Object.keys(rights).sort()).toEqual([...deskActions].sort());
  });

  test.each(
    deskActions.flatMap((action) =>
      Role.options.map((role) => [action, role, rights[action][role]] as const),
    ),
  )('%s by a %s: %s', (action, role, expected) => {
    expect(mayAtDesk(somebody(role), action)).toBe(expected);
  });

  test('a vendor’s system works as such and does nothing else', () => {
    const system = somebody('system', { vendor: 'vendor-a' });
    expect(deskActions.filter((action) => mayAtDesk(system, action))).toEqual([
      'work-as-vendor-system',
    ]);
  });

  test.each(Role.options)('a %s who has left may do nothing', (role) => {
    for (const action of deskActions) {
      expect(mayAtDesk(somebody(role, { state: 'left' }), action)).toBe(false);
    }
  });
});

describe('a person', () => {
  test('has a vendor exactly when they are its operator, or may be its system', () => {
    const base = { address: 'a@toritsugi.example', name: 'a' };
    expect(Person.safeParse({ ...base, role: 'operator' }).success).toBe(false);
    expect(Person.safeParse({ ...base, role: 'staff', vendor: 'vendor-a' }).success).toBe(false);
    expect(Person.safeParse({ ...base, role: 'operator', vendor: 'vendor-a' }).success).toBe(true);
    expect(Person.safeParse({ ...base, role: 'system', vendor: 'vendor-a' }).success).toBe(true);
    expect(Person.safeParse({ ...base, role: 'system' }).success).toBe(true);
  });

  test('is away, active and written to in Japanese unless said otherwise', () => {
    expect(person('staff', 'a')).toMatchObject({
      presence: 'away',
      state: 'active',
      language: 'ja',
      vip: false,
      desks: [],
    });
  });
});
