import { type DeskClosure, findDeskClosure } from '../../inquiry/terms/desk-hours.ts';
import type { Terms } from '../../inquiry/terms/terms.ts';
import type { DeskId, Instant } from '../../inquiry/values/ids.ts';

/** What the actor of a transfer should know, although it is carried out. */
export type TransferWarning = { readonly code: 'desk-closed' } & DeskClosure;

/** Warns of a closed desk: an inquiry transferred there waits at once, although nobody is there. */
export function listTransferWarnings(desk: DeskId, terms: Terms, now: Instant): TransferWarning[] {
  const closure = findDeskClosure({ id: desk }, terms, now);
  return closure === undefined ? [] : [{ code: 'desk-closed', ...closure }];
}
