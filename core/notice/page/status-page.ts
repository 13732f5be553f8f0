import type { RecordedEvent } from '../../inquiry/events/events.ts';
import type { Inquiry, InquiryStatus } from '../../inquiry/snapshot.ts';
import type { Instant } from '../../inquiry/values/ids.ts';
import type { Attachment, Message } from '../../inquiry/values/message.ts';
import type { Language } from '../../inquiry/values/vocabulary.ts';
import { formatLocalTime } from '../../wording/format-local-time.ts';
import { escapeHtml, formatSingleLine } from '../../wording/plain-text.ts';
import { renderButton, renderFactList, renderPage } from '../../wording/render-page.ts';
import { renderLineBreaks } from '../content/content-blocks.ts';
import { isReopenable } from './reopen-inquiry-by-link.ts';

/** A message that requester and participants may read. */
export type PublicMessage = {
  readonly at: Instant;
  readonly from: 'requester' | 'desk';
  readonly text: string;
  readonly attachments: readonly Attachment[];
};

/** All that a status page shows. */
export type StatusPageView = {
  readonly number: string;
  readonly subject: string;
  readonly receivedAt: Instant;
  readonly status: InquiryStatus;
  /** Whether the page has the button "still not working". */
  readonly reopenable: boolean;
  readonly messages: readonly PublicMessage[];
};

/** Builds the view of an inquiry: its thread without notes, machines' and strangers' mail. */
export function buildStatusPageView(
  inquiry: Inquiry,
  events: readonly RecordedEvent[],
  now: Instant,
): StatusPageView {
  return {
    number: inquiry.number,
    subject: inquiry.subject,
    receivedAt: inquiry.receivedAt,
    status: inquiry.status,
    reopenable: isReopenable(inquiry, now),
    // Nobody has reviewed a quarantined mail yet, so the page does not show it.
    messages: inquiry.status === 'quarantined' ? [] : events.flatMap(listPublicMessages),
  };
}

export function findPublicAttachment(view: StatusPageView, id: string): Attachment | undefined {
  return view.messages
    .flatMap((message) => message.attachments)
    .find((attachment) => attachment.id === id);
}

function listPublicMessages({ event }: RecordedEvent): PublicMessage[] {
  switch (event.type) {
    case 'InquiryReceived':
    case 'InquiryAdmitted':
      return showPublicMessage(event.at, event.received.message);
    case 'MessageReceived':
    case 'ReplyPosted':
      return showPublicMessage(event.at, event.message);
    case 'InquiryResolved':
      return event.message === undefined ? [] : showPublicMessage(event.at, event.message);
    default:
      return [];
  }
}

function showPublicMessage(at: Instant, message: Message): PublicMessage[] {
  if (message.unverified || (message.kind !== 'requester' && message.kind !== 'agent')) return [];
  return [
    {
      at,
      from: message.kind === 'agent' ? 'desk' : 'requester',
      text: message.text,
      attachments: message.attachments.filter((attachment) => attachment.held === undefined),
    },
  ];
}

type StatusPageWords = Readonly<
  Record<
    | 'desk'
    | 'title'
    | 'number'
    | 'subject'
    | 'noSubject'
    | 'receivedAt'
    | 'status'
    | 'messages'
    | 'requester'
    | 'notSolved'
    | 'notSolvedHint'
    | 'reopened'
    | 'tooLate'
    | 'fileGone'
    | 'gone'
    | 'goneHint',
    string
  >
> & { readonly statuses: Readonly<Record<InquiryStatus, string>> };

const words = {
  ja: {
    desk: 'ITヘルプデスク',
    title: 'お問い合わせの状況',
    number: '受付番号',
    subject: '件名',
    noSubject: '(件名なし)',
    receivedAt: '受付日時',
    status: '状況',
    messages: 'やりとり',
    requester: 'お問い合わせ',
    notSolved: 'まだ解決していません',
    notSolvedHint: '押すと、対応を再開します。',
    reopened: 'ご連絡ありがとうございます。対応を再開します。',
    tooLate: '対応を再開できる期間を過ぎています。お手数ですが、新しくお問い合わせください。',
    fileGone: 'この添付ファイルは、もう保管されていません。',
    gone: 'このリンクは無効か、有効期限が切れています。',
    goneHint: '新しいリンクは、ITヘルプデスクからの最新のメールにあります。',
    statuses: {
      new: '受け付けました',
      queued: '担当者の着手を待っています',
      in_progress: '担当者が対応しています',
      waiting: 'ご返事をお待ちしています',
      resolved: '対応が完了しました',
      closed: '終了しました',
      quarantined: '受け付け前の確認をしています',
      merged: '同じ内容の別のお問い合わせに統合しました',
    },
  },
  en: {
    desk: 'IT Help Desk',
    title: 'Your inquiry',
    number: 'Number',
    subject: 'Subject',
    noSubject: '(no subject)',
    receivedAt: 'Received',
    status: 'Status',
    messages: 'Messages',
    requester: 'Inquiry',
    notSolved: 'Still not working',
    notSolvedHint: 'We take it up again once you press it.',
    reopened: 'Thank you for telling us. We are taking it up again.',
    tooLate: 'The time to reopen it has passed. Please open a new inquiry.',
    fileGone: 'The file of this attachment is no longer kept.',
    gone: 'This link is not valid or has expired.',
    goneHint: 'The latest mail of the IT help desk has a new one.',
    statuses: {
      new: 'Received',
      queued: 'Waiting to be taken up',
      in_progress: 'Being worked on',
      waiting: 'Waiting for your answer',
      resolved: 'Resolved',
      closed: 'Closed',
      quarantined: 'Being checked before it is taken in',
      merged: 'Merged into another inquiry about the same matter',
    },
  },
} as const satisfies Record<Language, StatusPageWords>;

/**
 * Renders the page. Links to attachments are relative to it.
 *
 * @param reopenAction where the button "still not working" posts to, relative to the page
 * @param announcement what came of pressing the button or following a link
 */
export function renderStatusPage(
  view: StatusPageView,
  language: Language,
  reopenAction: string,
  announcement?: 'reopened' | 'tooLate' | 'fileGone',
): string {
  const pageWords = words[language];
  const facts = renderFactList([
    [pageWords.number, view.number],
    [pageWords.subject, formatSingleLine(view.subject) || pageWords.noSubject],
    [pageWords.receivedAt, formatLocalTime(view.receivedAt, language)],
    [pageWords.status, pageWords.statuses[view.status]],
  ]);
  const articles = view.messages.map((message) => renderMessage(message, language));
  return renderPage(language, `${pageWords.title} ${view.number}`, [
    `<h1>${pageWords.title}</h1>`,
    ...(announcement === undefined ? [] : [`<p role="status">${pageWords[announcement]}</p>`]),
    facts,
    ...(view.reopenable
      ? [renderButton(pageWords.notSolved, reopenAction), `<p>${pageWords.notSolvedHint}</p>`]
      : []),
    ...(articles.length === 0 ? [] : [`<h2>${pageWords.messages}</h2>`, ...articles]),
  ]);
}

/** Renders the page for an invalid link, without saying what is wrong with it. */
export function renderInvalidLinkPage(language: Language): string {
  const { title, gone, goneHint } = words[language];
  return renderPage(language, title, [`<h1>${title}</h1>`, `<p>${gone}</p>`, `<p>${goneHint}</p>`]);
}

function renderMessage(message: PublicMessage, language: Language): string {
  const pageWords = words[language];
  const isDesk = message.from === 'desk';
  const files = message.attachments.map(
    ({ id, name, size }) =>
      `<li><a href="?attachment=${encodeURIComponent(id)}">${escapeHtml(formatSingleLine(name))}</a> ` +
      `(${Math.ceil(size / 1024)} KB)</li>`,
  );
  return [
    `<article${isDesk ? ' class="desk"' : ''}>`,
    `<header>${isDesk ? pageWords.desk : pageWords.requester} · ${formatLocalTime(message.at, language)}</header>`,
    `<p>${renderLineBreaks(message.text)}</p>`,
    files.length === 0 ? '' : `<ul>${files.join('')}</ul>`,
    '</article>',
  ].join('');
}
