import * as z from 'zod';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import * as contracts from '../contract/vendor.ts';
import {
  defineRoute,
  type HttpHandler,
  type HttpOptions,
  makeHttpHandler,
} from '../edge/http/http.ts';
import {
  type ClaimRouteDependencies,
  makeClaimInquiryHandler,
  makeClaimNextHandler,
} from './claim-inquiry.ts';
import { type CommandRouteDependencies, makeHolderHandlers } from './command-inquiry.ts';
import {
  makeListMessagesHandler,
  makeReadInquiryHandler,
  type ReadInquiryDependencies,
} from './read-inquiry.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  SIGNING_SECRET_ARN: z.string(),
  DESKS: StageDesks,
});
export type Env = z.infer<typeof Env>;

type Deps = ClaimRouteDependencies &
  CommandRouteDependencies &
  ReadInquiryDependencies &
  Required<Pick<HttpOptions, 'signatures'>>;

/**
 * Makes the routes by which a vendor's own system works its desks, with the same claims, leases,
 * fences and views as its operators, but a signature instead of a token.
 */
export function makeHandler(deps: Deps): HttpHandler {
  const holder = makeHolderHandlers(deps);
  return makeHttpHandler({
    ...deps,
    routes: [
      defineRoute(contracts.claimNextInquiryAsSystem, makeClaimNextHandler(deps)),
      defineRoute(contracts.claimInquiryAsSystem, makeClaimInquiryHandler(deps)),
      defineRoute(contracts.readInquiryAsSystem, makeReadInquiryHandler(deps)),
      defineRoute(contracts.listMessagesAsSystem, makeListMessagesHandler(deps)),
      defineRoute(contracts.postMessageAsSystem, holder.post),
      defineRoute(contracts.sendHeartbeatAsSystem, holder.heartbeat),
      defineRoute(contracts.releaseInquiryAsSystem, holder.release),
      defineRoute(contracts.transferInquiryAsSystem, holder.transfer),
      defineRoute(contracts.waitForRequesterAsSystem, holder.wait),
      defineRoute(contracts.resumeInquiryAsSystem, holder.resume),
      defineRoute(contracts.resolveInquiryAsSystem, holder.resolve),
    ],
  });
}
