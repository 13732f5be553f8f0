import type { QuarantineReason } from '../inquiry/vocabulary.ts';

/** All that mail says by itself, in one language. Times are already written out. */
export type Wording = {
  readonly sender: string;
  readonly noSubject: string;
  readonly automatic: string;
  readonly answerByReply: string;
  readonly noteByReply: string;
  readonly factNames: {
    readonly number: string;
    readonly subject: string;
    readonly receivedAt: string;
    readonly from: string;
    readonly to: string;
    readonly reason: string;
    readonly desk: string;
  };
  readonly statusLink: string;
  readonly acknowledged: string;
  readonly quoteOf: (at: string) => string;
  readonly resolved: string;
  readonly reopenableUntil: (until: string) => string;
  readonly awaitingAnswer: string;
  readonly leftOut: string;
  readonly overLimit: string;
  readonly titles: {
    readonly assigned: string;
    readonly transferred: string;
    readonly 'lease-lost': string;
    readonly 'message-arrived': string;
    readonly 'delivery-failed': string;
    readonly quarantined: string;
  };
  readonly assigned: (offeredUntil: string | undefined) => string;
  readonly transferred: string;
  readonly leaseLost: string;
  readonly messageArrived: string;
  readonly unverified: string;
  readonly deliveryFailed: string;
  readonly quarantined: string;
  readonly quarantineAged: string;
  readonly reasons: Readonly<Record<QuarantineReason, string>>;
};
