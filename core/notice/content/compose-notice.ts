import type { EventOf, InquiryEvent } from '../../inquiry/events/events.ts';
import { isAutomaticNotice, type Notice } from '../../inquiry/outbox/notice.ts';
import type { Message } from '../../inquiry/values/message.ts';
import type { Language } from '../../inquiry/values/vocabulary.ts';
import { formatLocalTime } from '../../wording/format-local-time.ts';
import { formatSingleLine, truncateText } from '../../wording/plain-text.ts';
import { serviceLevelWords } from '../../wording/service-level-words.ts';
import { type ContentBlock, makeParagraph, renderHtml, renderText } from './content-blocks.ts';
import { buildEscalationBlocks } from './escalation-blocks.ts';
import type { NoticeContext } from './notice-context.ts';
import type { NoticeWording } from './wording.ts';
import { englishWording } from './wording-en.ts';
import { japaneseWording } from './wording-ja.ts';

/** A notice written out: sender, subject, and the same body as text and as HTML. */
export type MailContent = {
  readonly senderName: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
};

const wordings: Readonly<Record<Language, NoticeWording>> = {
  ja: japaneseWording,
  en: englishWording,
};
const quotedLines = 20;
const quotedCharacters = 1000;
const shownCharacters = 4000;
const shownLines = 100;

/** Composes a notice in its reader's language. */
export function composeNotice(context: NoticeContext): MailContent {
  const wording = wordings[context.language];
  const subject = buildSubject(context, wording);
  const blocks = [...buildBody(context, wording), buildSignature(context.notice, wording)];
  return {
    senderName: wording.sender,
    subject,
    text: renderText(blocks),
    html: renderHtml(blocks, context.language, subject),
  };
}

function buildSubject(context: NoticeContext, wording: NoticeWording): string {
  const { notice, inquiry, reader } = context;
  const tag = `[${inquiry.number}]`;
  const subject = formatSingleLine(inquiry.subject.replaceAll(tag, ' ')) || wording.noSubject;
  const { kind } = notice;
  switch (kind) {
    case 'acknowledgement':
    case 'reply':
    case 'resolution':
    case 'reminder':
    case 'over-limit':
      return `${/^re\s*[:：]/i.test(subject) ? '' : 'Re: '}${subject} ${tag}`;
    case 'quarantined':
      return `${tag} ${wording.titles[kind]}`;
    case 'sla-warning':
    case 'sla-breach':
    case 'emergency': {
      const title = `${tag} ${wording.titles[kind]}${formatClock(context, wording)}`;
      const heading = reader === 'vendor' ? title : `${title}: ${subject}`;
      const otherCount = context.gathered?.count ?? 0;
      return otherCount === 0 ? heading : `${heading} ${wording.andMore(otherCount)}`;
    }
    default:
      return `${tag} ${wording.titles[kind]}${reader === 'vendor' ? '' : `: ${subject}`}`;
  }
}

function formatClock(
  { escalation, language }: NoticeContext,
  { bracketed }: NoticeWording,
): string {
  return escalation?.clock === undefined
    ? ''
    : bracketed(serviceLevelWords[language].clocks[escalation.clock]);
}

function buildBody(context: NoticeContext, wording: NoticeWording): ContentBlock[] {
  const { notice, event, language } = context;
  const message = messageOf(event);
  switch (notice.kind) {
    case 'acknowledgement':
      return [
        makeParagraph(wording.acknowledged),
        buildFactsBlock(context, wording),
        ...buildStatusLink(context, wording),
        makeParagraph(wording.answerByReply),
      ];
    case 'reply':
      return [
        ...(message === undefined ? [] : [makeMessageBlock(message)]),
        ...buildLeftOutNote(context, wording),
        ...buildStatusLink(context, wording),
        makeParagraph(wording.answerByReply),
        ...buildQuote(context, 'requester', wording),
      ];
    case 'resolution':
      return [
        ...(message === undefined ? [] : [makeMessageBlock(message)]),
        ...buildLeftOutNote(context, wording),
        makeParagraph(wording.resolved),
        ...(event.type === 'InquiryResolved'
          ? [makeParagraph(formatReopenHint(event, language, wording))]
          : []),
        ...buildStatusLink(context, wording),
        ...buildQuote(context, 'requester', wording),
      ];
    case 'reminder':
      return [
        makeParagraph(wording.awaitingAnswer),
        buildFactsBlock(context, wording),
        ...buildStatusLink(context, wording),
        ...buildQuote(context, 'agent', wording),
      ];
    case 'over-limit':
      return [makeParagraph(wording.overLimit), buildFactsBlock(context, wording)];
    case 'assigned':
      return [
        makeParagraph(wording.assigned(formatOfferEnd(event, language))),
        buildFactsBlock(context, wording),
      ];
    case 'transferred':
      return [makeParagraph(wording.transferred), buildFactsBlock(context, wording)];
    case 'lease-lost':
      return [makeParagraph(wording.leaseLost), buildFactsBlock(context, wording)];
    case 'message-arrived':
      return [
        makeParagraph(wording.messageArrived),
        buildFactsBlock(context, wording),
        ...(message?.unverified ? [makeParagraph(wording.unverified)] : []),
        ...(message === undefined || context.reader === 'vendor'
          ? []
          : [makeExcerptBlock(message)]),
        makeParagraph(wording.noteByReply),
      ];
    case 'delivery-failed':
      return [makeParagraph(wording.deliveryFailed), buildFactsBlock(context, wording)];
    case 'quarantined':
      return [
        makeParagraph(
          event.type === 'QuarantineAged' ? wording.quarantineAged : wording.quarantined,
        ),
        buildFactsBlock(context, wording),
      ];
    case 'flagged':
      return [
        makeParagraph(wording.flagged),
        ...buildRemark(event.type === 'InquiryRouted' ? event.flag : undefined),
        buildFactsBlock(context, wording),
      ];
    case 'nobody-found':
      return [
        makeParagraph(wording.nobodyFound[event.type === 'NobodyFound' ? event.reason : 'absent']),
        buildFactsBlock(context, wording),
      ];
    case 'unmasking-asked':
      return [
        makeParagraph(wording.unmaskingAsked),
        ...buildRemark(event.type === 'UnmaskingAsked' ? event.reason : undefined),
        buildFactsBlock(context, wording),
      ];
    case 'unmasking-settled':
      return [
        makeParagraph(
          event.type === 'UnmaskingSettled' && event.outcome === 'granted'
            ? wording.unmaskingGranted
            : wording.unmaskingRefused,
        ),
        buildFactsBlock(context, wording),
      ];
    case 'sla-warning':
      return buildEscalationBlocks(context, wording.slaWarning, wording);
    case 'sla-breach':
      return buildEscalationBlocks(context, wording.slaBreach, wording);
    case 'emergency':
      return buildEscalationBlocks(context, wording.emergency, wording);
    default:
      return notice.kind satisfies never;
  }
}

function buildRemark(remark: string | undefined): ContentBlock[] {
  return remark === undefined ? [] : [{ block: 'message', text: remark }];
}

function formatReopenHint(
  { reopenUntil, byLink }: EventOf<'InquiryResolved'>,
  language: Language,
  wording: NoticeWording,
): string {
  const until = formatLocalTime(reopenUntil, language);
  return byLink ? wording.reopenableByLink(until) : wording.reopenableUntil(until);
}

function makeMessageBlock(message: Message): ContentBlock {
  return { block: 'message', text: message.text };
}

function makeExcerptBlock(message: Message): ContentBlock {
  return { block: 'message', text: truncateText(message.text, shownLines, shownCharacters) };
}

/** The inquiry at a glance, as far as the reader may know it. */
function buildFactsBlock(
  context: NoticeContext,
  { factNames, noSubject, reasons }: NoticeWording,
): ContentBlock {
  const { inquiry, event, reader, language, deskName, notice } = context;
  const { quarantine } = inquiry;
  const rows: (readonly [string, string])[] = [[factNames.number, inquiry.number]];
  if (deskName !== undefined && reader !== 'requester') rows.push([factNames.desk, deskName]);
  if (reader === 'vendor') return { block: 'facts', rows };
  if (notice.kind === 'quarantined') {
    // The subject itself may be harmful; the reviewer reads it elsewhere.
    if (quarantine) rows.push([factNames.reason, reasons[quarantine.reason]]);
    if (inquiry.requester.address) rows.push([factNames.from, inquiry.requester.address]);
  } else {
    rows.push([factNames.subject, formatSingleLine(inquiry.subject) || noSubject]);
  }
  if (event.type === 'DeliveryFailed') {
    rows.push([factNames.to, event.address], [factNames.reason, event.diagnostic]);
  }
  rows.push([factNames.receivedAt, formatLocalTime(inquiry.receivedAt, language)]);
  return { block: 'facts', rows };
}

function buildStatusLink({ statusLink }: NoticeContext, wording: NoticeWording): ContentBlock[] {
  return statusLink === undefined
    ? []
    : [{ block: 'link', label: wording.statusLink, url: statusLink }];
}

function buildLeftOutNote({ leftOut }: NoticeContext, wording: NoticeWording): ContentBlock[] {
  if (leftOut.length === 0) return [];
  const names = leftOut.map((name) => `- ${formatSingleLine(name)}`).join('\n');
  return [makeParagraph(wording.leftOut), { block: 'message', text: names }];
}

function buildQuote(
  { preceding, language }: NoticeContext,
  kind: 'requester' | 'agent',
  wording: NoticeWording,
): ContentBlock[] {
  const quoted = preceding.find(({ message }) => message.kind === kind && !message.unverified);
  if (quoted === undefined) return [];
  const text = truncateText(quoted.message.text, quotedLines, quotedCharacters);
  return text.trim() === ''
    ? []
    : [{ block: 'quote', heading: wording.quoteOf(formatLocalTime(quoted.at, language)), text }];
}

function buildSignature({ kind }: Notice, wording: NoticeWording): ContentBlock {
  return {
    block: 'signature',
    lines: isAutomaticNotice(kind) ? [wording.sender, wording.automatic] : [wording.sender],
  };
}

function formatOfferEnd(event: InquiryEvent, language: Language): string | undefined {
  return event.type === 'InquiryAssigned'
    ? formatLocalTime(event.offeredUntil, language)
    : undefined;
}

function messageOf(event: InquiryEvent): Message | undefined {
  return 'message' in event ? event.message : undefined;
}
