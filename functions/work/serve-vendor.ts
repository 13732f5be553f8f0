import * as z from 'zod';
import { StageDesks } from '../../core/inquiry/terms/terms.ts';
import * as contracts from '../contract/vendor.ts';
import { type HttpHandler, type HttpOptions, httpHandler, route } from '../edge/http/http.ts';
import { type ClaimDeps, claimingChosen, claimingNext } from './claim-inquiry.ts';
import { asHolder, type CommandDeps } from './command-inquiry.ts';
import { type ReadDeps, reading, readingThread } from './read-inquiry.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  SIGNING_SECRET_ARN: z.string(),
  DESKS: StageDesks,
});
export type Env = z.infer<typeof Env>;

type Deps = ClaimDeps & CommandDeps & ReadDeps & Required<Pick<HttpOptions, 'signatures'>>;

/**
 * Makes the routes by which a vendor's own system works its desks: by the same claims, leases,
 * fences and views as its operators, under a signature in place of a token.
 */
export function makeHandler(deps: Deps): HttpHandler {
  const holder = asHolder(deps);
  return httpHandler({
    ...deps,
    routes: [
      route(contracts.claimNextAsSystem, claimingNext(deps)),
      route(contracts.claimInquiryAsSystem, claimingChosen(deps)),
      route(contracts.readInquiryAsSystem, reading(deps)),
      route(contracts.listMessagesAsSystem, readingThread(deps)),
      route(contracts.postMessageAsSystem, holder.post),
      route(contracts.heartbeatAsSystem, holder.heartbeat),
      route(contracts.releaseInquiryAsSystem, holder.release),
      route(contracts.transferInquiryAsSystem, holder.transfer),
      route(contracts.waitForRequesterAsSystem, holder.wait),
      route(contracts.resumeInquiryAsSystem, holder.resume),
      route(contracts.resolveInquiryAsSystem, holder.resolve),
    ],
  });
}
