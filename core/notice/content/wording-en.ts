import type { NoticeWording } from './wording.ts';

export const englishWording: NoticeWording = {
  sender: 'IT Help Desk',
  noSubject: '(no subject)',
  automatic: 'This mail was sent automatically.',
  answerByReply:
    'To add something, simply reply to this mail. On the phone, please tell us the number.',
  noteByReply:
    'A reply to this mail is kept as an internal note. The person who asked does not get it.',
  factNames: {
    number: 'Number',
    subject: 'Subject',
    receivedAt: 'Received',
    from: 'From',
    to: 'To',
    reason: 'Reason',
    desk: 'Desk',
    priority: 'Priority',
    holder: 'Held by',
    clock: 'Service level',
    dueAt: 'Deadline',
    left: 'Time left',
    late: 'Late by',
    step: 'Notice',
  },
  nobody: 'nobody',
  statusLink: 'See how it is going (for 30 days)',
  acknowledged: 'We have received your inquiry. Somebody will look at it and get back to you.',
  quoteOf: (at) => `On ${at}:`,
  resolved: 'Your inquiry has been resolved.',
  reopenableUntil: (until) =>
    `If it is not solved, reply to this mail by ${until} and we will take it up again.`,
  reopenableByLink: (until) =>
    `If it is not solved, press “Still not working” on the status page below by ${until}. A reply to this mail alone does not reopen it.`,
  awaitingAnswer: 'To go on with your inquiry we need your answer. Please reply to this mail.',
  leftOut: 'Some files did not fit into this mail. You can download them from the status page.',
  overLimit:
    'Your mail is over a limit of ours, such as its size, so it could not be taken in as it is. Somebody will look at it. If it is urgent, please send it again with fewer attachments.',
  titles: {
    assigned: 'Assigned',
    transferred: 'Transferred',
    'lease-lost': 'No longer yours',
    'message-arrived': 'New message',
    'delivery-failed': 'Mail not delivered',
    quarantined: 'Quarantined',
    'sla-warning': 'Deadline near',
    'sla-breach': 'Deadline missed',
    emergency: 'Emergency',
    flagged: 'To be looked at',
    'nobody-found': 'Nobody can take it',
    'unmasking-asked': 'Asked to unmask',
    'unmasking-settled': 'Unmasking answered',
  },
  bracketed: (name) => ` (${name})`,
  assigned: (offeredUntil) =>
    offeredUntil === undefined
      ? 'An inquiry has been assigned to you.'
      : `An inquiry has been assigned to you. Unless you take it up by ${offeredUntil}, it goes to somebody else.`,
  transferred: 'An inquiry that you held has been moved to another desk.',
  leaseLost:
    'As nothing was done for a while, an inquiry that you held is no longer yours and waits at its desk again.',
  messageArrived: 'There is a new message in an inquiry that you hold.',
  unverified: 'Careful: its sender takes no part in this inquiry.',
  flagged: 'The routing rules ask you to look at an inquiry:',
  nobodyFound: {
    absent: 'An inquiry waits for an agent, and everybody at its desk is absent.',
    full: 'An inquiry waits for an agent, and everybody who is there has as much as they can carry.',
    unskilled: 'An inquiry waits for an agent, and nobody who is there has the skills it needs.',
  },
  unmaskingAsked:
    'The outsourced desk asks to be shown what is masked. Grant or refuse it at the inquiry. Their reason:',
  unmaskingGranted: 'What you asked to see is shown to you now.',
  unmaskingRefused: 'What you asked to see stays masked.',
  deliveryFailed: 'A mail that we sent about an inquiry did not arrive.',
  quarantined: 'A mail has been quarantined. Please look at it, and take it in or discard it.',
  quarantineAged:
    'A quarantined mail is still waiting for somebody. Please take it in or discard it.',
  slaWarning: 'The deadline of an inquiry is near.',
  slaBreach: 'An inquiry has missed its deadline.',
  emergency: 'There is an emergency.',
  businessTime: (span) => `${span} of business time`,
  stepOf: (step, steps) => (steps === undefined ? `no. ${step}` : `no. ${step} of ${steps}`),
  acknowledgeHint:
    'If you take care of it, press “Acknowledge” on the page below. Nobody is told of it any further then.',
  acknowledgeWarningHint:
    'If you take care of it, press “Acknowledge” on the page below. You will be told again if the deadline is missed.',
  acknowledgeLink: 'Page to acknowledge it',
  acknowledgedBy: (name) =>
    name === '' ? 'It has been acknowledged.' : `${name} has acknowledged it.`,
  escalationOver: 'It has been taken care of since.',
  othersToo: (count) => `There are ${count} more of which you would have been told:`,
  andMore: (count) => `and ${count} more`,
  breachList: 'The list of breaches has every missed deadline.',
  reasons: {
    virus: 'suspected virus',
    spam: 'suspected spam',
    spoofed: 'suspected forged sender',
    unauthenticated: 'sender not authenticated',
    'unlisted-sender': 'sender not on the list',
    unreadable: 'not readable',
    'over-limit': 'over a limit',
    poison: 'processing failed repeatedly',
    loop: 'automatic answers going round',
  },
};
