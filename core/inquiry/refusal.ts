/**
 * A business refusal: a typed value, never thrown by `core`.
 *
 * `code` is dotted (`work.already-claimed`); its family names the capability. The one table
 * from code to HTTP status or queue verdict is `functions/edge/problem/refusal-status.ts`, and each
 * code has a section in `docs/problems.md`.
 */
export type Refusal = {
  readonly refused: RefusalCode;
  /** For people: what was refused and what would be accepted, without internals. */
  readonly detail: string;
};

export const refusalCodes = [
  'access.not-registered',
  'access.forbidden',
  'access.not-found',
  'access.never-unmasked',
  'access.unmasking-settled',
  'invalid.body',
  'invalid.parameter',
  'invalid.cursor',
  'invalid.media-type',
  'invalid.too-large',
  'invalid.form',
  'invalid.attachment',
  'invalid.idempotency-key',
  'inquiry.illegal-transition',
  'inquiry.merged',
  'inquiry.stale',
  'inquiry.attachment-gone',
  'intake.not-quarantined',
  'intake.unknown-form',
  'work.already-claimed',
  'work.not-waiting',
  'work.not-holder',
  'work.lease-lost',
  'work.unknown-desk',
  'work.same-desk',
  'work.not-assigned',
  'work.merge-target',
  'work.too-late',
  'work.already-rated',
  'work.nothing-unanswered',
  'work.wait-limit',
  'work.not-available',
  'sla.unknown-breach',
  'sla.reviewed-out',
  'sla.unknown-clock',
  'sla.unknown-escalation',
  'sla.escalation-over',
  'config.stale',
  'config.unknown-version',
  'config.unknown-webhook',
  'config.unknown-key',
  'people.last-lead',
  'people.unknown',
  'people.not-offboarded',
  'people.open-inquiries',
  'people.still-named',
  'job.unknown',
  'transient.conflict',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

export function refuse(code: RefusalCode, detail: string): Refusal {
  return { refused: code, detail };
}

/** Tells a refusal from any other outcome. */
export function isRefusal(outcome: unknown): outcome is Refusal {
  return typeof outcome === 'object' && outcome !== null && 'refused' in outcome;
}
