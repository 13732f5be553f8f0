import type { Inquiry } from '../inquiry/snapshot.ts';
import type { VendorId } from '../inquiry/values/ids.ts';
import type { Person } from './person.ts';

/** Actions on one inquiry, allowed by the relation to it. */
export const inquiryActions = [
  'read',
  'read-messages',
  'read-notes',
  'read-events',
  'explain-clocks',
  'reply',
  'note',
  'claim',
  'heartbeat',
  'release',
  'decline',
  'transfer',
  'wait',
  'resume',
  'resolve',
  'no-reply-needed',
  'reopen',
  'withdraw',
  'close',
  'merge',
  'rate',
  'amend',
  'ask-unmasking',
  'settle-unmasking',
  'explain-routing',
] as const;
export type InquiryAction = (typeof inquiryActions)[number];

/** Actions on no particular inquiry, allowed by role. */
export const deskActions = [
  'open-inquiry',
  'log-call',
  'upload',
  'read-desks',
  'read-agents',
  'set-presence',
  'keep-people',
  'review-quarantine',
  'review-breaches',
  'read-receipts',
  'list-open',
  'configure-routing',
  'configure-desks',
  'simulate-routing',
  'read-audit',
  'offboard',
  'erase-people',
  'keep-absences',
  'work-as-vendor-system',
] as const;
export type DeskAction = (typeof deskActions)[number];

/**
 * Somebody's relation to an inquiry, the closest first.
 *
 * `desk` is a vendor's operator or system while the inquiry is at one of their desks; `former` is
 * anybody else of a vendor that has or had it: they see its number and outcome only.
 */
export type InquiryRelation = 'own' | 'participant' | 'desk' | 'office' | 'former' | 'none';

/** `hidden` is answered as if there were no such inquiry, so as not to reveal that it exists. */
export type AccessDecision = 'allowed' | 'forbidden' | 'hidden';

const readerActions: readonly InquiryAction[] = ['read', 'read-messages'];
const requesterActions: readonly InquiryAction[] = [
  ...readerActions,
  'reply',
  'reopen',
  'withdraw',
  'close',
  'rate',
];
const deskWorkActions: readonly InquiryAction[] = [
  ...readerActions,
  'read-notes',
  'explain-clocks',
  'reply',
  'note',
  'claim',
  'heartbeat',
  'release',
  'decline',
  'transfer',
  'wait',
  'resume',
  'resolve',
  'no-reply-needed',
  'reopen',
];
const officeActions: readonly InquiryAction[] = [
  ...deskWorkActions,
  'settle-unmasking',
  'explain-routing',
  'read-events',
  'close',
  'merge',
  'amend',
  'withdraw',
];

const actionsByRelation: Readonly<Record<InquiryRelation, readonly InquiryAction[]>> = {
  own: requesterActions,
  participant: [...readerActions, 'reply'],
  desk: [...deskWorkActions, 'ask-unmasking'],
  office: officeActions,
  former: ['read'],
  none: [],
};

const actionsByRole: Readonly<Record<Person['role'], readonly DeskAction[]>> = {
  requester: ['open-inquiry', 'upload'],
  operator: ['log-call', 'upload', 'read-desks', 'set-presence'],
  staff: [
    'open-inquiry',
    'log-call',
    'upload',
    'read-desks',
    'read-agents',
    'set-presence',
    'list-open',
    'keep-absences',
  ],
  lead: deskActions.filter((action) => action !== 'work-as-vendor-system'),
  system: ['open-inquiry'],
};

/** A vendor's system opens no inquiries: it works those that come to its vendor. */
const vendorSystemActions: readonly DeskAction[] = ['work-as-vendor-system'];

/**
 * Somebody's relations to an inquiry; several can hold, as for staff with an inquiry of their own.
 */
export function findRelations(actor: Person, inquiry: Inquiry): InquiryRelation[] {
  if (actor.state !== 'active') return ['none'];
  // A quarantined or discarded inquiry has no requester, since its sender may be forged.
  if (isNotAdmitted(inquiry)) return actor.role === 'lead' ? ['office'] : ['none'];
  const relations: InquiryRelation[] = [];
  if (actor.role === 'staff' || actor.role === 'lead') relations.push('office');
  if (actor.vendor !== undefined) relations.push(findVendorRelation(actor, actor.vendor, inquiry));
  if (actor.role !== 'operator' && actor.role !== 'system') {
    if (isOwn(actor, inquiry)) relations.push('own');
    if (inquiry.participants.some((participant) => participant.address === actor.address)) {
      relations.push('participant');
    }
  }
  return relations.length === 0 ? ['none'] : relations;
}

/**
 * Whether somebody may do something with an inquiry: total over role, action and relation.
 *
 * Anybody who may not read the inquiry gets `hidden` for every action.
 */
export function may(actor: Person, action: InquiryAction, inquiry: Inquiry): AccessDecision {
  const allowed = findRelations(actor, inquiry).flatMap((relation) => actionsByRelation[relation]);
  if (allowed.includes(action)) return 'allowed';
  return allowed.includes('read') ? 'forbidden' : 'hidden';
}

/** Whether somebody may do something that concerns no particular inquiry. */
export function mayAtDesk(actor: Person, action: DeskAction): boolean {
  if (actor.state !== 'active') return false;
  const isVendorSystem = actor.role === 'system' && actor.vendor !== undefined;
  return (isVendorSystem ? vendorSystemActions : actionsByRole[actor.role]).includes(action);
}

/** A vendor works what is at its own desks until it is closed. */
function findVendorRelation(actor: Person, vendor: VendorId, inquiry: Inquiry): InquiryRelation {
  const { desk, status } = inquiry;
  const atDesk =
    status === 'queued' ||
    status === 'in_progress' ||
    status === 'waiting' ||
    status === 'resolved';
  if (atDesk && desk !== undefined && actor.desks.includes(desk) && inquiry.vendor === vendor) {
    return 'desk';
  }
  return inquiry.vendors.includes(vendor) ? 'former' : 'none';
}

function isNotAdmitted({ status, closedBy }: Inquiry): boolean {
  return status === 'quarantined' || closedBy === 'discarded';
}

function isOwn(actor: Person, inquiry: Inquiry): boolean {
  const { requester } = inquiry;
  return (
    requester.address === actor.address ||
    (requester.sub !== undefined && requester.sub === actor.sub)
  );
}
