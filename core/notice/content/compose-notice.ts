import type { EventOf, InquiryEvent } from '../../inquiry/events/events.ts';
import { isAutomaticNotice, type Notice } from '../../inquiry/outbox/notice.ts';
import type { Message } from '../../inquiry/values/message.ts';
import type { Language } from '../../inquiry/values/vocabulary.ts';
import { formatLocalTime } from '../../wording/format-local-time.ts';
import { formatSingleLine, truncateText } from '../../wording/plain-text.ts';
import { serviceLevelWords } from '../../wording/service-level-words.ts';
import { type Block, paragraph, toHtml, toText } from './content-blocks.ts';
import { escalationBlocks } from './escalation-blocks.ts';
import type { Material } from './notice-context.ts';
import type { Wording } from './wording.ts';
import { english } from './wording-en.ts';
import { japanese } from './wording-ja.ts';

/** What a notice says. */
export type Letter = {
  readonly senderName: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
};

const wordings: Readonly<Record<Language, Wording>> = { ja: japanese, en: english };
const quotedLines = 20;
const quotedCharacters = 1000;
const shownCharacters = 4000;
const shownLines = 100;

/** Writes a notice in its reader's language; the HTML says what the text says. */
export function composeNotice(material: Material): Letter {
  const wording = wordings[material.language];
  const subject = subjectOf(material, wording);
  const blocks = [...bodyOf(material, wording), signatureOf(material.notice, wording)];
  return {
    senderName: wording.sender,
    subject,
    text: toText(blocks),
    html: toHtml(blocks, material.language, subject),
  };
}

function subjectOf(material: Material, wording: Wording): string {
  const { notice, inquiry, reader } = material;
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
      const title = `${tag} ${wording.titles[kind]}${clockOf(material, wording)}`;
      const about = reader === 'vendor' ? title : `${title}: ${subject}`;
      const more = material.gathered?.count ?? 0;
      return more === 0 ? about : `${about} ${wording.andMore(more)}`;
    }
    default:
      return `${tag} ${wording.titles[kind]}${reader === 'vendor' ? '' : `: ${subject}`}`;
  }
}

function clockOf({ escalation, language }: Material, { bracketed }: Wording): string {
  return escalation?.clock === undefined
    ? ''
    : bracketed(serviceLevelWords[language].clocks[escalation.clock]);
}

function bodyOf(material: Material, wording: Wording): Block[] {
  const { notice, event, language } = material;
  const message = messageOf(event);
  switch (notice.kind) {
    case 'acknowledgement':
      return [
        paragraph(wording.acknowledged),
        factsOf(material, wording),
        ...statusLinkOf(material, wording),
        paragraph(wording.answerByReply),
      ];
    case 'reply':
      return [
        ...(message === undefined ? [] : [written(message)]),
        ...leftOutOf(material, wording),
        ...statusLinkOf(material, wording),
        paragraph(wording.answerByReply),
        ...quoteOf(material, 'requester', wording),
      ];
    case 'resolution':
      return [
        ...(message === undefined ? [] : [written(message)]),
        ...leftOutOf(material, wording),
        paragraph(wording.resolved),
        ...(event.type === 'InquiryResolved'
          ? [paragraph(reopenableOf(event, language, wording))]
          : []),
        ...statusLinkOf(material, wording),
        ...quoteOf(material, 'requester', wording),
      ];
    case 'reminder':
      return [
        paragraph(wording.awaitingAnswer),
        factsOf(material, wording),
        ...statusLinkOf(material, wording),
        ...quoteOf(material, 'agent', wording),
      ];
    case 'over-limit':
      return [paragraph(wording.overLimit), factsOf(material, wording)];
    case 'assigned':
      return [
        paragraph(wording.assigned(offeredUntilOf(event, language))),
        factsOf(material, wording),
      ];
    case 'transferred':
      return [paragraph(wording.transferred), factsOf(material, wording)];
    case 'lease-lost':
      return [paragraph(wording.leaseLost), factsOf(material, wording)];
    case 'message-arrived':
      return [
        paragraph(wording.messageArrived),
        factsOf(material, wording),
        ...(message?.unverified ? [paragraph(wording.unverified)] : []),
        ...(message === undefined || material.reader === 'vendor' ? [] : [shown(message)]),
        paragraph(wording.noteByReply),
      ];
    case 'delivery-failed':
      return [paragraph(wording.deliveryFailed), factsOf(material, wording)];
    case 'quarantined':
      return [
        paragraph(event.type === 'QuarantineAged' ? wording.quarantineAged : wording.quarantined),
        factsOf(material, wording),
      ];
    case 'flagged':
      return [
        paragraph(wording.flagged),
        ...remarkOf(event.type === 'InquiryRouted' ? event.flag : undefined),
        factsOf(material, wording),
      ];
    case 'nobody-found':
      return [
        paragraph(wording.nobodyFound[event.type === 'NobodyFound' ? event.reason : 'absent']),
        factsOf(material, wording),
      ];
    case 'unmasking-asked':
      return [
        paragraph(wording.unmaskingAsked),
        ...remarkOf(event.type === 'UnmaskingAsked' ? event.reason : undefined),
        factsOf(material, wording),
      ];
    case 'unmasking-settled':
      return [
        paragraph(
          event.type === 'UnmaskingSettled' && event.outcome === 'granted'
            ? wording.unmaskingGranted
            : wording.unmaskingRefused,
        ),
        factsOf(material, wording),
      ];
    case 'sla-warning':
      return escalationBlocks(material, wording.slaWarning, wording);
    case 'sla-breach':
      return escalationBlocks(material, wording.slaBreach, wording);
    case 'emergency':
      return escalationBlocks(material, wording.emergency, wording);
    default:
      return notice.kind satisfies never;
  }
}

function remarkOf(remark: string | undefined): Block[] {
  return remark === undefined ? [] : [{ block: 'message', text: remark }];
}

function reopenableOf(
  { reopenUntil, byLink }: EventOf<'InquiryResolved'>,
  language: Language,
  wording: Wording,
): string {
  const until = formatLocalTime(reopenUntil, language);
  return byLink ? wording.reopenableByLink(until) : wording.reopenableUntil(until);
}

function written(message: Message): Block {
  return { block: 'message', text: message.text };
}

function shown(message: Message): Block {
  return { block: 'message', text: truncateText(message.text, shownLines, shownCharacters) };
}

/** What the reader may know of the inquiry at a glance. */
function factsOf(material: Material, { factNames, noSubject, reasons }: Wording): Block {
  const { inquiry, event, reader, language, deskName, notice } = material;
  const { quarantine } = inquiry;
  const rows: (readonly [string, string])[] = [[factNames.number, inquiry.number]];
  if (deskName !== undefined && reader !== 'requester') rows.push([factNames.desk, deskName]);
  if (reader === 'vendor') return { block: 'facts', rows };
  if (notice.kind === 'quarantined') {
    // Its subject is just what may be harmful: whoever judges it reads it elsewhere.
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

function statusLinkOf({ statusLink }: Material, wording: Wording): Block[] {
  return statusLink === undefined
    ? []
    : [{ block: 'link', label: wording.statusLink, url: statusLink }];
}

function leftOutOf({ leftOut }: Material, wording: Wording): Block[] {
  if (leftOut.length === 0) return [];
  const names = leftOut.map((name) => `- ${formatSingleLine(name)}`).join('\n');
  return [paragraph(wording.leftOut), { block: 'message', text: names }];
}

function quoteOf(
  { preceding, language }: Material,
  kind: 'requester' | 'agent',
  wording: Wording,
): Block[] {
  const quoted = preceding.find(({ message }) => message.kind === kind && !message.unverified);
  if (quoted === undefined) return [];
  const text = truncateText(quoted.message.text, quotedLines, quotedCharacters);
  return text.trim() === ''
    ? []
    : [{ block: 'quote', heading: wording.quoteOf(formatLocalTime(quoted.at, language)), text }];
}

function signatureOf({ kind }: Notice, wording: Wording): Block {
  return {
    block: 'signature',
    lines: isAutomaticNotice(kind) ? [wording.sender, wording.automatic] : [wording.sender],
  };
}

function offeredUntilOf(event: InquiryEvent, language: Language): string | undefined {
  return event.type === 'InquiryAssigned'
    ? formatLocalTime(event.offeredUntil, language)
    : undefined;
}

function messageOf(event: InquiryEvent): Message | undefined {
  return 'message' in event ? event.message : undefined;
}
