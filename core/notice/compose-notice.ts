import type { InquiryEvent } from '../inquiry/events.ts';
import type { Message } from '../inquiry/message.ts';
import { isAutomatic, type Notice } from '../inquiry/notice.ts';
import type { Inquiry } from '../inquiry/snapshot.ts';
import type { Language } from '../inquiry/vocabulary.ts';
import { type Block, toHtml, toText } from './blocks.ts';
import { localTime } from './local-time.ts';
import { beginning, oneLine } from './plain.ts';
import type { Preceding } from './ports.ts';
import type { Wording } from './wording.ts';
import { english } from './wording-en.ts';
import { japanese } from './wording-ja.ts';

/** An outsourced vendor's operators are told the number and what happened, never what was written. */
export type Reader = 'requester' | 'colleague' | 'vendor';

/** All that a notice's text depends on. */
export type Material = {
  readonly notice: Notice;
  readonly inquiry: Inquiry;
  readonly event: InquiryEvent;
  readonly reader: Reader;
  readonly language: Language;
  readonly preceding: Preceding['messages'];
  /** For requesters only. */
  readonly statusLink?: string;
  /** Names of files that go by the status page and not with the mail. */
  readonly leftOut: readonly string[];
  readonly deskName?: string;
};

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

function subjectOf({ notice, inquiry, reader }: Material, wording: Wording): string {
  const tag = `[${inquiry.number}]`;
  const subject = oneLine(inquiry.subject.replaceAll(tag, ' ')) || wording.noSubject;
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
    default:
      return `${tag} ${wording.titles[kind]}${reader === 'vendor' ? '' : `: ${subject}`}`;
  }
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
          ? [paragraph(wording.reopenableUntil(localTime(event.reopenUntil, language)))]
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
    default:
      return notice.kind satisfies never;
  }
}

function paragraph(text: string): Block {
  return { block: 'paragraph', text };
}

function written(message: Message): Block {
  return { block: 'message', text: message.text };
}

function shown(message: Message): Block {
  return { block: 'message', text: beginning(message.text, shownLines, shownCharacters) };
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
    rows.push([factNames.subject, oneLine(inquiry.subject) || noSubject]);
  }
  if (event.type === 'DeliveryFailed') {
    rows.push([factNames.to, event.address], [factNames.reason, event.diagnostic]);
  }
  rows.push([factNames.receivedAt, localTime(inquiry.receivedAt, language)]);
  return { block: 'facts', rows };
}

function statusLinkOf({ statusLink }: Material, wording: Wording): Block[] {
  return statusLink === undefined
    ? []
    : [{ block: 'link', label: wording.statusLink, url: statusLink }];
}

function leftOutOf({ leftOut }: Material, wording: Wording): Block[] {
  if (leftOut.length === 0) return [];
  const names = leftOut.map((name) => `- ${oneLine(name)}`).join('\n');
  return [paragraph(wording.leftOut), { block: 'message', text: names }];
}

function quoteOf(
  { preceding, language }: Material,
  kind: 'requester' | 'agent',
  wording: Wording,
): Block[] {
  const quoted = preceding.find(({ message }) => message.kind === kind && !message.unverified);
  if (quoted === undefined) return [];
  const text = beginning(quoted.message.text, quotedLines, quotedCharacters);
  return text.trim() === ''
    ? []
    : [{ block: 'quote', heading: wording.quoteOf(localTime(quoted.at, language)), text }];
}

function signatureOf({ kind }: Notice, wording: Wording): Block {
  return {
    block: 'signature',
    lines: isAutomatic(kind) ? [wording.sender, wording.automatic] : [wording.sender],
  };
}

function offeredUntilOf(event: InquiryEvent, language: Language): string | undefined {
  return event.type === 'InquiryAssigned' ? localTime(event.offeredUntil, language) : undefined;
}

function messageOf(event: InquiryEvent): Message | undefined {
  return 'message' in event ? event.message : undefined;
}
