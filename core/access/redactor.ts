import type { Inquiry } from '../inquiry/snapshot.ts';
import { findVendorSettings, type Terms } from '../inquiry/terms/terms.ts';
import { findGrantedKinds, type MaskableKind } from '../inquiry/unmasking.ts';
import { type MaskingPolicy, MaskKind } from '../masking/masking-policy.ts';
import type { Person } from './person.ts';
import {
  createRedactionBudget,
  type RedactedText,
  type RedactionBudget,
  redact,
} from './redact.ts';

/** Where in a field of a view something is masked, in UTF-16 code units, and what it was. */
export type MaskedFieldSpan = {
  readonly field: string;
  readonly start: number;
  readonly end: number;
  readonly kind: MaskableKind;
};

/** The requester's details that a policy shows or masks as a whole. */
type PersonalDetail = 'mail' | 'phone' | 'name';

/** Masks one view of an inquiry for a vendor's people. */
export type Redactor = {
  /** The vendor's policy; undefined for our own people, who see everything. */
  readonly policy?: MaskingPolicy;
  /** Masks the secrets in a field's text. */
  redactText(field: string, value: string): string;
  /**
   * Shows or masks a personal detail as a whole; secrets in a shown one are still masked.
   * @param isRequester whether it is the requester's, and not another participant's
   */
  redactPersonalDetail(
    field: string,
    value: string,
    kind: PersonalDetail,
    isRequester?: boolean,
  ): string;
  /** What this redactor has masked so far. */
  readonly maskedSpans: readonly MaskedFieldSpan[];
  /** Whether it has cut a text that was too long to scan. */
  readonly hasCut: () => boolean;
};

const passThroughRedactor: Redactor = {
  redactText: (_field, value) => value,
  redactPersonalDetail: (_field, value) => value,
  maskedSpans: [],
  hasCut: () => false,
};

/**
 * Makes the redactor for one view of an inquiry; each view needs its own.
 *
 * A grant on the requester unmasks the requester's details, and a grant on a message unmasks that
 * message's texts. My Number is granted to nobody.
 * @param message the message whose texts are shown; without one, no grant applies to texts
 * @param budget that of the answer that the view is part of
 */
export function redactorFor(
  viewer: Person,
  inquiry: Pick<Inquiry, 'unmaskings'>,
  terms: Pick<Terms, 'settings'>,
  message?: string,
  budget: RedactionBudget = createRedactionBudget(),
): Redactor {
  const { vendor } = viewer;
  if (vendor === undefined) return passThroughRedactor;
  const policy = findVendorSettings(terms, vendor).masking;
  const requesterGrants = findGrantedKinds(inquiry.unmaskings, vendor, 'requester');
  const messageGrants =
    message === undefined ? [] : [...findGrantedKinds(inquiry.unmaskings, vendor, message)];
  const kindsShownInTexts = new Set(messageGrants.filter(isGrantable));
  const maskedSpans: MaskedFieldSpan[] = [];
  // A message's `text` and `fullText` are often the same, so a text shown twice is scanned once.
  const cache = new Map<string, RedactedText>();
  const redactCached = (value: string): RedactedText => {
    const cached = cache.get(value);
    if (cached !== undefined) return cached;
    const redacted = redact(value, policy, kindsShownInTexts, budget);
    cache.set(value, redacted);
    return redacted;
  };
  let isCut = false;
  const recordSpans = (field: string, { text, spans, ...more }: RedactedText) => {
    isCut ||= more.isCut;
    maskedSpans.push(...spans.map((span) => ({ field, ...span })));
    return text;
  };
  return {
    policy,
    maskedSpans,
    hasCut: () => isCut,
    redactText: (field, value) => recordSpans(field, redactCached(value)),
    redactPersonalDetail: (field, value, kind, isRequester = true) => {
      if (isShown(policy, kind) || (isRequester && requesterGrants.has(kind))) {
        return recordSpans(
          field,
          kind === 'name' ? redactCached(value) : redact(value, policy, new Set([kind]), budget),
        );
      }
      const mark = `⟦${kind}⟧`;
      maskedSpans.push({ field, start: 0, end: mark.length, kind });
      return mark;
    },
  };
}

function isShown({ requester }: MaskingPolicy, kind: PersonalDetail): boolean {
  const { address: mail, phone, name } = requester;
  return { mail, phone, name }[kind] === 'show';
}

function isGrantable(kind: MaskableKind): kind is MaskKind {
  return kind !== 'my-number' && MaskKind.safeParse(kind).success;
}
