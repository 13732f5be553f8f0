import type { ServerResponse } from 'node:http';
import PostalMime, { decodeWords } from 'postal-mime';
import { html, PAGE_HEADERS, renderLocalPage, type SafeHtml } from '../html.ts';
import type { MailboxEntry, SentMailbox } from './mailbox.ts';

export const MAILBOX_PREFIX = '/mailbox';

interface RenderedMail {
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly html?: string;
}

/**
 * Makes the pages that show the sent mail: `/mailbox`, `/mailbox/<id>`, `/mailbox/<id>/raw`, and
 * for programs `/mailbox/messages`, oldest first, with `?to=` one recipient and `?after=` an id.
 */
export function makeMailboxPages(
  mailbox: SentMailbox,
): (url: URL, response: ServerResponse) => Promise<void> {
  const renderedMails = new Map<string, Promise<RenderedMail>>();

  function readRendered(mail: MailboxEntry): Promise<RenderedMail> {
    let rendered = renderedMails.get(mail.id);
    if (rendered === undefined) {
      rendered = renderMail(mailbox.raw(mail.id));
      renderedMails.set(mail.id, rendered);
    }
    return rendered;
  }

  async function describeMail(mail: MailboxEntry) {
    const { headers, text, html: markup } = await readRendered(mail);
    return {
      ...mail,
      headers,
      text,
      ...(markup !== undefined && { html: markup }),
      raw: mailbox.raw(mail.id).toString('utf8'),
    };
  }

  async function listPage(): Promise<string> {
    const mails = mailbox.list().slice(-MAIL_LIMIT).reverse();
    const rows = await Promise.all(
      mails.map(async (mail) => {
        const { headers } = await readRendered(mail);
        return html`<tr><td class="at">${mail.at.slice(0, 19).replace('T', ' ')}</td>
<td>${mail.envelope.to.join(', ')}${mail.bounced.length > 0 && html` <span class="bounced">bounced</span>`}</td>
<td><a href="${MAILBOX_PREFIX}/${mail.id}">${headers['subject'] ?? '(no subject)'}</a></td></tr>`;
      }),
    );
    return renderLocalPage(
      'Mailbox',
      html`<p>Every mail that Toritsugi sent, newest first (UTC).${
        mailbox.list().length > MAIL_LIMIT && ` The last ${MAIL_LIMIT} are shown.`
      }</p>
<table class="mails"><tr><th>At</th><th>To</th><th>Subject</th></tr>${rows}</table>`,
    ).text;
  }

  async function mailPage(mail: MailboxEntry): Promise<string> {
    const { headers, text, html: markup } = await readRendered(mail);
    const shownHeaders = SHOWN_HEADERS.filter((name) => headers[name] !== undefined);
    return renderLocalPage(
      headers['subject'] ?? '(no subject)',
      html`<p><a href="${MAILBOX_PREFIX}">Mailbox</a> · <a href="${MAILBOX_PREFIX}/${mail.id}/raw">raw</a></p>
<table><tr><th>envelope</th><td>${mail.envelope.from} → ${mail.envelope.to.join(', ')}</td></tr>
${shownHeaders.map((name) => html`<tr><th>${name}</th><td>${headers[name]}</td></tr>`)}</table>
<h2>Text</h2><pre>${linkUrls(text)}</pre>
${markup !== undefined && html`<h2>HTML</h2><iframe sandbox srcdoc="${markup}" title="HTML part"></iframe>`}`,
    ).text;
  }

  return async (url, response) => {
    const [, , id, part] = url.pathname.split('/');
    if (id === undefined || id === '') {
      response.writeHead(200, PAGE_HEADERS).end(await listPage());
      return;
    }
    if (id === 'messages') {
      const to = url.searchParams.get('to')?.toLowerCase();
      const after = url.searchParams.get('after');
      const mails = mailbox
        .list()
        .filter((mail) => after === null || mail.id > after)
        .filter(
          ({ envelope }) =>
            to === undefined || envelope.to.some((address) => address.toLowerCase() === to),
        );
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(JSON.stringify(await Promise.all(mails.map(describeMail))));
      return;
    }
    const mail = mailbox.find(id);
    if (mail === undefined) {
      response.writeHead(404, PAGE_HEADERS).end(renderLocalPage('No such mail', html``).text);
    } else if (part === 'raw') {
      const { 'content-type': _, ...headers } = PAGE_HEADERS;
      response.writeHead(200, { ...headers, 'content-type': 'text/plain; charset=utf-8' });
      response.end(mailbox.raw(mail.id));
    } else {
      response.writeHead(200, PAGE_HEADERS).end(await mailPage(mail));
    }
  };
}

/** Turns the URLs of a text into links, which the sandbox of the HTML part forbids. */
function linkUrls(text: string): SafeHtml[] {
  return text
    .split(/(https?:\/\/[^\s<>"]+)/)
    .map((part, index) => (index % 2 === 0 ? html`${part}` : html`<a href="${part}">${part}</a>`));
}

const MAIL_LIMIT = 200;

const SHOWN_HEADERS = [
  'date',
  'from',
  'to',
  'cc',
  'reply-to',
  'subject',
  'message-id',
  'in-reply-to',
  'references',
  'auto-submitted',
];

async function renderMail(raw: Buffer): Promise<RenderedMail> {
  const mail = await PostalMime.parse(raw);
  const headers: Record<string, string> = {};
  for (const { key, value: encoded } of mail.headers) {
    const value = decodeWords(encoded);
    const former = headers[key];
    headers[key] = former === undefined ? value : `${former}\n${value}`;
  }
  return {
    headers,
    text: mail.text ?? '',
    ...(mail.html !== undefined && { html: mail.html }),
  };
}
