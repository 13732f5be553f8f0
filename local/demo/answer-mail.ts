import type { DemoCase, DemoContext } from './demo-context.ts';
import type { OutboundMail } from './mail-client.ts';

/** Addresses an answer to our mail, or to the requester's own earlier mail if we sent none. */
export function addressAnswer(context: DemoContext, one: DemoCase, sent: OutboundMail | undefined) {
  const id = sent?.headers['message-id'] ?? `<${one.messageId}>`;
  const references = [sent?.headers['references'], id].filter((part) => part !== undefined);
  const replyTo = sent?.headers['reply-to'];
  return {
    subject: sent?.headers['subject'] ?? `Re: ${one.subject}`,
    headers: { 'In-Reply-To': id, References: references.join(' ') },
    to: /<([^<>]+)>/.exec(replyTo ?? '')?.[1] ?? replyTo ?? context.helpAddress,
  };
}

/** Quotes a mail of ours as mail programs do below an answer. */
export function quoteMail({ at, text }: OutboundMail): string {
  const day = new Date(at).toLocaleDateString('ja-JP', { dateStyle: 'medium' });
  const lines = text.trim().split(/\r?\n/);
  return [`${day} <help@toritsugi.example>:`, ...lines.map((line) => `> ${line}`)].join('\n');
}
