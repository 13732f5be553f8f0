import { processMail } from '../../core/intake/mail/process-mail.ts';
import type { QueueHandler } from '../edge/queue/queue.ts';
import { MailEnv } from './mail-env.ts';
import { type MailHandlerDependencies, makeMailHandler } from './mail-handler.ts';

export const Env = MailEnv;
export type Env = MailEnv;

/** Makes the consumer of mail notifications, which gives each stored mail its fate. */
export function makeHandler(deps: MailHandlerDependencies): QueueHandler {
  return makeMailHandler(deps, processMail);
}
