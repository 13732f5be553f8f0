import type { RefusalCode } from '../../../core/inquiry/refusal.ts';

/** Codes of the edge only: no business rule refuses with them. */
export type EdgeRefusalCode =
  | 'access.unauthenticated'
  | 'internal.failure'
  | 'transient.audit'
  | 'transient.timeout'
  | 'transient.unavailable';
export type ProblemCode = RefusalCode | EdgeRefusalCode;

/** The one table from code to HTTP status, with the problem's title. */
export const problemTable = {
  'access.unauthenticated': { status: 401, title: 'A valid access token or signature is needed' },
  'access.not-registered': { status: 403, title: 'You are not in the registry of people' },
  'access.forbidden': { status: 403, title: 'You may not do this' },
  'access.not-found': { status: 404, title: 'There is no such thing here' },
  'access.never-unmasked': { status: 422, title: 'This is shown to no vendor' },
  'access.unmasking-settled': { status: 409, title: 'The request has been answered already' },
  'invalid.body': { status: 400, title: 'The body is not valid' },
  'invalid.parameter': { status: 400, title: 'A parameter or header is not valid' },
  'invalid.cursor': { status: 400, title: 'The cursor is not valid' },
  'invalid.media-type': { status: 415, title: 'The media type is not accepted' },
  'invalid.too-large': { status: 413, title: 'The body is too large' },
  'invalid.form': { status: 422, title: 'The fields do not fit the form' },
  'invalid.attachment': { status: 422, title: 'An attachment cannot be used' },
  'invalid.idempotency-key': {
    status: 422,
    title: 'The idempotency key belongs to another request',
  },
  'inquiry.illegal-transition': { status: 409, title: 'The status of the inquiry forbids this' },
  'inquiry.merged': { status: 409, title: 'The inquiry has been merged into another' },
  'inquiry.stale': { status: 412, title: 'The inquiry has changed in the meantime' },
  'inquiry.attachment-gone': { status: 404, title: 'The file is no longer kept' },
  'intake.not-quarantined': { status: 409, title: 'It is not in quarantine' },
  'intake.unknown-form': { status: 404, title: 'There is no such form' },
  'work.already-claimed': { status: 409, title: 'Somebody else holds the inquiry' },
  'work.not-waiting': { status: 409, title: 'The inquiry does not wait at this desk' },
  'work.not-holder': { status: 409, title: 'You do not hold the inquiry' },
  'work.lease-lost': { status: 409, title: 'Your lease has ended' },
  'work.unknown-desk': { status: 404, title: 'There is no such desk' },
  'work.same-desk': { status: 409, title: 'The inquiry is at that desk already' },
  'work.not-assigned': { status: 409, title: 'The inquiry is not assigned to you' },
  'work.merge-target': { status: 409, title: 'Nothing can be merged into that inquiry' },
  'work.too-late': { status: 409, title: 'The time for this has passed' },
  'work.already-rated': { status: 409, title: 'This resolution has been rated already' },
  'work.nothing-unanswered': { status: 409, title: 'No message of the requester waits for this' },
  'work.wait-limit': { status: 409, title: 'It has waited for the requester too often' },
  'work.not-available': { status: 409, title: 'The inquiry is held back until its desk opens' },
  'sla.unknown-breach': { status: 404, title: 'There is no such breach' },
  'sla.reviewed-out': { status: 409, title: 'The breach has been reviewed too often' },
  'sla.unknown-clock': { status: 404, title: 'The inquiry has no such clock' },
  'sla.unknown-escalation': { status: 404, title: 'There is no such escalation' },
  'sla.escalation-over': { status: 409, title: 'The escalation is over' },
  'config.stale': { status: 412, title: 'There is a newer version' },
  'config.unknown-version': { status: 404, title: 'There is no such version' },
  'config.unknown-webhook': { status: 404, title: 'There is no such webhook' },
  'config.unknown-key': { status: 404, title: 'There is no such key' },
  'people.last-lead': { status: 409, title: 'Somebody has to stay the lead' },
  'people.unknown': { status: 404, title: 'There is no such person' },
  'people.not-offboarded': { status: 409, title: 'The person still works here' },
  'people.open-inquiries': { status: 409, title: 'Inquiries of the person are not closed yet' },
  'people.still-named': { status: 409, title: 'Configuration in force still names the person' },
  'job.unknown': { status: 404, title: 'There is no such job' },
  'transient.conflict': { status: 503, title: 'Too many writers at once' },
  'transient.audit': { status: 503, title: 'The request could not be recorded' },
  'transient.timeout': { status: 503, title: 'It took too long' },
  'transient.unavailable': { status: 503, title: 'A service that we need did not answer' },
  'internal.failure': { status: 500, title: 'Something failed on our side' },
} as const satisfies Record<ProblemCode, { readonly status: number; readonly title: string }>;

export const problemCodes = Object.keys(problemTable) as readonly ProblemCode[];

/**
 * What a refusal means for its queue message: a transient one is retried; any other is
 * acknowledged, since a retry would be refused again.
 */
export function queueOutcomeOf(code: RefusalCode): 'done' | 'retry' {
  return problemTable[code].status === 503 ? 'retry' : 'done';
}

/**
 * The fragment of a code's section in `docs/problems.md`, as GitHub derives it from the heading:
 * without dots, with hyphens.
 */
export function problemSlugOf(code: ProblemCode): string {
  return code.replaceAll('.', '');
}

/** A problem's `type`: the code's section on the API's own page. */
export function problemTypeOf(code: ProblemCode): string {
  return `/docs#${problemSlugOf(code)}`;
}
