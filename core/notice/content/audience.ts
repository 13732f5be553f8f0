import type { NoticeKind } from '../../inquiry/outbox/notice.ts';
import type { ReplyAudience } from '../../inquiry/tokens/reply-token.ts';

/** The audience of a kind of notice, which decides what the notice may reveal. */
export function audienceOf(kind: NoticeKind): ReplyAudience {
  switch (kind) {
    case 'acknowledgement':
    case 'reply':
    case 'resolution':
    case 'reminder':
    case 'over-limit':
      return 'requester';
    case 'assigned':
    case 'transferred':
    case 'lease-lost':
    case 'message-arrived':
    case 'delivery-failed':
    case 'quarantined':
    case 'sla-warning':
    case 'sla-breach':
    case 'emergency':
    case 'flagged':
    case 'nobody-found':
    case 'unmasking-asked':
    case 'unmasking-settled':
      return 'agent';
    default:
      return kind satisfies never;
  }
}
