import type { InquiryEvent } from '../../inquiry/events/events.ts';
import type { Notice } from '../../inquiry/outbox/notice.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { Language } from '../../inquiry/values/vocabulary.ts';
import type { PrecedingMessages } from '../ports.ts';
import type { EscalationFacts, GatheredNotices } from './escalation-facts.ts';

/** An outsourced vendor's operators learn the number and what happened, never what was written. */
export type NoticeReader = 'requester' | 'colleague' | 'vendor';

/** All that a notice's text depends on. */
export type NoticeContext = {
  readonly notice: Notice;
  readonly inquiry: Inquiry;
  readonly event: InquiryEvent;
  readonly reader: NoticeReader;
  readonly language: Language;
  readonly preceding: PrecedingMessages['messages'];
  /** For requesters only. */
  readonly statusLink?: string;
  /** Names of files that are on the status page but not in the mail. */
  readonly leftOut: readonly string[];
  readonly deskName?: string;
  /** This and what follows are for notices about service levels. */
  readonly escalation?: EscalationFacts;
  readonly acknowledgeLink?: string;
  readonly gathered?: GatheredNotices;
};
