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

/** The requester's particulars that a policy shows or masks as a whole. */
type PersonalDetail = 'mail' | 'phone' | 'name';

/** What stands between what is written in an inquiry and somebody of another company. */
export type Redactor = {
  /** The vendor's policy; undefined for our own people, from whom nothing is kept. */
  readonly policy?: MaskingPolicy;
  /** A field's text, its secrets masked. */
  redactText(field: string, value: string): string;
  /**
   * What says who somebody is, whole or not at all; secrets in it are masked besides.
   * @param isRequester whether that is the requester, and not another who takes part
   */
  redactPersonalDetail(
    field: string,
    value: string,
    kind: PersonalDetail,
    isRequester?: boolean,
  ): string;
  /** What has been masked through this veil. */
  readonly maskedSpans: readonly MaskedFieldSpan[];
  /** Whether a text through it was longer than is looked through. */
  readonly hasCut: () => boolean;
};

const passThroughRedactor: Redactor = {
  redactText: (_field, value) => value,
  redactPersonalDetail: (_field, value) => value,
  maskedSpans: [],
  hasCut: () => false,
};

/**
 * The veil through which somebody sees one view of an inquiry, made for each view anew.
 *
 * What the vendor was granted of the requester lifts it from particulars, and what it was granted
 * of a message from that message's texts. My Number is granted to nobody.
 * @param message whose texts are shown; without one, no grant lifts it from texts
 * @param budget of the answer that the view is part of
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
  const ofRequester = findGrantedKinds(inquiry.unmaskings, vendor, 'requester');
  const ofMessage =
    message === undefined ? [] : [...findGrantedKinds(inquiry.unmaskings, vendor, message)];
  const inTexts = new Set(ofMessage.filter(isGrantable));
  const masked: MaskedFieldSpan[] = [];
  // A message's text is often all of it: what is shown twice is looked through once.
  const known = new Map<string, RedactedText>();
  const redactCached = (value: string): RedactedText => {
    const before = known.get(value);
    if (before !== undefined) return before;
    const redacted = redact(value, policy, inTexts, budget);
    known.set(value, redacted);
    return redacted;
  };
  let isCut = false;
  const show = (field: string, { text, spans, ...more }: RedactedText) => {
    isCut ||= more.isCut;
    masked.push(...spans.map((span) => ({ field, ...span })));
    return text;
  };
  return {
    policy,
    maskedSpans: masked,
    hasCut: () => isCut,
    redactText: (field, value) => show(field, redactCached(value)),
    redactPersonalDetail: (field, value, kind, isRequester = true) => {
      if (isShown(policy, kind) || (isRequester && ofRequester.has(kind))) {
        return show(
          field,
          kind === 'name' ? redactCached(value) : redact(value, policy, new Set([kind]), budget),
        );
      }
      const mark = `⟦${kind}⟧`;
      masked.push({ field, start: 0, end: mark.length, kind });
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
