import type { ParsedMail } from './mail.ts';

export type MachineMarks = {
  /** Never gets an automatic reply, never reopens, moves no clock. */
  readonly machine: boolean;
  /** Gets no automatic reply; true for every machine, and for people's mail with list marks. */
  readonly noAutoReply: boolean;
  /** The marks that were found, in the order of the rules. */
  readonly marks: readonly string[];
  /** Our own mail came back. */
  readonly loop: boolean;
};

export type MachineMarksContext = {
  /** The envelope's sender, empty for the null path; if undefined, Return-Path is read instead. */
  readonly returnPath?: string | undefined;
  /** The header that our own mail carries. */
  readonly loopHeaderName: string;
  /** Addresses or list ids of groups and forwarders that pass mail on to our addresses. */
  readonly standingGroups: readonly string[];
};

type InspectedMail = Pick<ParsedMail, 'headers' | 'from' | 'sender' | 'subject' | 'report'>;

type MarkRuleContext = {
  readonly mail: InspectedMail;
  readonly context: MachineMarksContext;
  /** It came through a group of ours, which puts list marks on every employee's mail. */
  readonly throughGroup: boolean;
};

type MarkRule = {
  readonly mark: string;
  /** `machine` suffices alone; `quiet` only forbids an answer; `agreeing` needs any other mark. */
  readonly weight: 'machine' | 'quiet' | 'agreeing';
  readonly matches: (context: MarkRuleContext) => boolean;
};

/**
 * Tells machines' mail from people's.
 *
 * Any sender can write these headers, so marks only ever take rights away.
 * @see https://datatracker.ietf.org/doc/html/rfc3834#section-2
 */
export function detectMachineMarks(
  mail: InspectedMail,
  context: MachineMarksContext,
): MachineMarks {
  const throughGroup = isThroughStandingGroup(mail, context.standingGroups);
  const ruleContext: MarkRuleContext = { mail, context, throughGroup };
  const matching = markRules.filter((rule) => rule.matches(ruleContext));
  const marks = matching.filter((rule) => rule.weight !== 'agreeing' || matching.length > 1);
  return {
    machine: marks.some((rule) => rule.weight !== 'quiet'),
    noAutoReply: marks.length > 0 || mail.from[0]?.address === undefined,
    marks: marks.map((rule) => rule.mark),
    loop: marks.some((rule) => rule.mark === 'own-loop-header'),
  };
}

const markRules: readonly MarkRule[] = [
  {
    mark: 'own-loop-header',
    weight: 'machine',
    matches: ({ mail, context }) => hasHeader(mail, context.loopHeaderName.toLowerCase()),
  },
  {
    mark: 'auto-submitted',
    weight: 'machine',
    matches: ({ mail }) => readHeaderTokens(mail, 'auto-submitted').some((value) => value !== 'no'),
  },
  {
    mark: 'null-return-path',
    weight: 'machine',
    matches: ({ mail, context }) => hasNullReturnPath(mail, context.returnPath),
  },
  {
    mark: 'report',
    weight: 'machine',
    matches: ({ mail }) =>
      mail.report !== undefined ||
      readHeaderTokens(mail, 'content-type').some((value) => value === 'multipart/report'),
  },
  {
    mark: 'precedence',
    weight: 'machine',
    matches: ({ mail }) =>
      readHeaderTokens(mail, 'precedence').some((value) =>
        /^(?:bulk|junk|auto[_-]?reply)$/.test(value),
      ),
  },
  {
    mark: 'autoresponder',
    weight: 'machine',
    matches: ({ mail }) =>
      autoresponderHeaders.some((name) =>
        readHeaderTokens(mail, name).some((value) => value !== 'no' && value !== 'false'),
      ),
  },
  {
    mark: 'failed-recipients',
    weight: 'machine',
    matches: ({ mail }) => hasHeader(mail, 'x-failed-recipients'),
  },
  {
    mark: 'mailer-daemon',
    weight: 'machine',
    matches: ({ mail, context }) =>
      listSenderAddresses(mail, context).some((address) =>
        /^(?:mailer-daemon|postmaster)@/i.test(address),
      ),
  },
  {
    mark: 'newsletter',
    weight: 'machine',
    // List software adds List-Id beside it; without List-Id the sender is a newsletter's.
    matches: ({ mail }) => hasHeader(mail, 'list-unsubscribe') && !hasHeader(mail, 'list-id'),
  },
  {
    mark: 'list',
    weight: 'quiet',
    matches: ({ mail, throughGroup }) =>
      !throughGroup &&
      (hasHeader(mail, 'list-id') ||
        hasHeader(mail, 'list-post') ||
        readHeaderTokens(mail, 'precedence').some((value) => value === 'list')),
  },
  {
    mark: 'response-suppressed',
    weight: 'quiet',
    matches: ({ mail, throughGroup }) =>
      !throughGroup &&
      readHeaderTokens(mail, 'x-auto-response-suppress').some(
        (value) => value !== 'none' && value !== '',
      ),
  },
  {
    mark: 'foreign-loop-header',
    weight: 'quiet',
    matches: ({ mail, throughGroup }) => !throughGroup && hasHeader(mail, 'x-loop'),
  },
  {
    mark: 'no-reply-sender',
    weight: 'quiet',
    matches: ({ mail, context }) =>
      listSenderAddresses(mail, context).some((address) =>
        /^(?:no-?reply|do-?not-?reply)[@+._-]/i.test(address),
      ),
  },
  { mark: 'subject', weight: 'agreeing', matches: ({ mail }) => machineSubject.test(mail.subject) },
];

const autoresponderHeaders = [
  'x-autoreply',
  'x-auto-reply',
  'x-autorespond',
  'x-autoresponder',
  'x-autogenerated',
  'x-mail-autoreply',
  'x-autoreply-from',
  'x-ms-exchange-generated-message-source',
] as const;

/** Subjects of vacation notices and bounces; people write about both: another mark must agree. */
const machineSubject = new RegExp(
  [
    '自動返信',
    '自動応答',
    '自動送信',
    '不在通知',
    '不在のお知らせ',
    '不在(?:に|と)(?:して|なって)',
    '配信不能',
    '配送不能',
    '配信できません',
    '配信に失敗',
    '送信できませんでした',
    '配達できませんでした',
    'out of (?:the )?office',
    'auto(?:matic|mated)?[ -]?(?:reply|response)',
    'vacation (?:reply|message|notice)',
    'undelivered',
    'undeliverable',
    'delivery (?:status notification|failure|has failed|incomplete)',
    'mail delivery (?:failed|system|subsystem)',
    'returned mail',
    'failure notice',
  ].join('|'),
  'i',
);

function hasHeader(mail: InspectedMail, name: string): boolean {
  return mail.headers[name] !== undefined;
}

/** The first words of a header's values, lower-cased, without parameters and comments. */
function readHeaderTokens(mail: InspectedMail, name: string): string[] {
  return (mail.headers[name] ?? []).map(
    (value) => /^[^\s;,(]*/.exec(value.trim().toLowerCase())?.[0] ?? '',
  );
}

function hasNullReturnPath(mail: InspectedMail, returnPath: string | undefined): boolean {
  const path = returnPath ?? mail.headers['return-path']?.[0];
  return path !== undefined && /^\s*(?:<\s*>)?\s*$/.test(path);
}

function listSenderAddresses(mail: InspectedMail, context: MachineMarksContext): string[] {
  const addresses = [...mail.from, ...(mail.sender ? [mail.sender] : [])].map(
    (party) => party.address ?? '',
  );
  return [...addresses, (context.returnPath ?? '').replace(/[<>]/g, '')];
}

/** Headers by which a group or a forwarder names itself. */
const groupHeaders = [
  'list-id',
  'list-post',
  'mailing-list',
  'x-beenthere',
  'x-forwarded-to',
  'resent-to',
  'resent-from',
  'x-original-to',
] as const;

function isThroughStandingGroup(mail: InspectedMail, groups: readonly string[]): boolean {
  if (groups.length === 0) return false;
  const words = groupHeaders
    .flatMap((name) => mail.headers[name] ?? [])
    .concat(mail.sender?.address ?? [])
    .flatMap((value) => value.toLowerCase().split(/[\s<>,;:"]+/));
  return groups.some((group) => {
    const lower = group.toLowerCase();
    // A list's id is its address with a dot for the @.
    return words.includes(lower) || words.includes(lower.replace('@', '.'));
  });
}
