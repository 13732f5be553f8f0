import { processMail } from '../../core/intake/mail/process-mail.ts';
import type { QueueHandler } from '../edge/queue/queue.ts';
import { MailEnv } from './mail-env.ts';
import { type MailHandlerDependencies, makeMailHandler } from './mail-handler.ts';

export const Env = MailEnv;
export type Env = MailEnv;

/** Makes the intake of mail: each notification of a stored mail gives that mail its fate. */
export function makeHandler(deps: MailHandlerDependencies): QueueHandler {
  return makeMailHandler(deps, processMail);
}
