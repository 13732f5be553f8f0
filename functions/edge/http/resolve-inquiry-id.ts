import type { InquiryLedger } from '../../../core/inquiry/ports.ts';
import { type Refusal, refuse } from '../../../core/inquiry/refusal.ts';
import { InquiryId } from '../../../core/inquiry/values/ids.ts';
import type { InquiryNumber } from '../../../core/inquiry/values/inquiry-number.ts';

/** Finds the id of an inquiry that is named by its id or its number. */
export async function resolveInquiryId(
  ledger: Pick<InquiryLedger, 'idOf'>,
  ref: InquiryId | InquiryNumber,
): Promise<InquiryId | Refusal> {
  const id = InquiryId.safeParse(ref);
  if (id.success) return id.data;
  const inquiryId = await ledger.idOf(ref as InquiryNumber);
  return inquiryId ?? refuse('access.not-found', 'There is no such inquiry.');
}
