import { type DeskClosure, findDeskClosure } from '../../inquiry/terms/desk-hours.ts';
import type { Terms } from '../../inquiry/terms/terms.ts';
import type { DeskId, Instant } from '../../inquiry/values/ids.ts';

/** What somebody who hands an inquiry over should know, though it is done as they say. */
export type TransferWarning = { readonly code: 'desk-closed' } & DeskClosure;

/** Warns of a desk that is closed: what a person sends there waits at once, and nobody is there. */
export function listTransferWarnings(desk: DeskId, terms: Terms, now: Instant): TransferWarning[] {
  const closure = findDeskClosure({ id: desk }, terms, now);
  return closure === undefined ? [] : [{ code: 'desk-closed', ...closure }];
}
