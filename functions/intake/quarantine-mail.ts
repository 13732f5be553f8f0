import { quarantineUnreadMail } from '../../core/intake/mail/process-mail.ts';
import type { QueueHandler } from '../edge/queue/queue.ts';
import { MailEnv } from './mail-env.ts';
import { type MailHandlerDependencies, makeMailHandler } from './mail-handler.ts';

export const Env = MailEnv;
export type Env = MailEnv;

/** Makes the consumer of intake's DLQ: a mail that could not be taken in is quarantined unread. */
export function makeHandler(deps: MailHandlerDependencies): QueueHandler {
  return makeMailHandler(deps, quarantineUnreadMail);
}
