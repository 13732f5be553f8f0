import * as z from 'zod';
import { DeskId, VendorId } from '../values/ids.ts';

/**
 * A desk at which inquiries wait: `internal` is worked by staff, `outsourced` by a vendor's
 * operators. On a `pull` desk agents claim; on a `push` desk inquiries are assigned.
 */
export const Desk = z
  .strictObject({
    id: DeskId,
    kind: z.enum(['internal', 'outsourced']),
    mode: z.enum(['push', 'pull']),
    vendor: VendorId.optional(),
    name: z.strictObject({ ja: z.string(), en: z.string() }),
    queueUrl: z.url(),
    /** How long a claim lasts until its first heartbeat. */
    claimSeconds: z.int().min(5).max(900).default(60),
    /** How long a heartbeat prolongs a lease. */
    leaseSeconds: z.int().min(30).max(86_400).default(900),
    /** How long an assignment may stay unanswered. */
    offerSeconds: z.int().min(60).max(86_400).default(1800),
    /**
     * What happens to an inquiry routed here while the desk is closed: `hold` keeps it from claims.
     */
    whenClosed: z.enum(['queue', 'hold']).default('queue'),
  })
  .refine((desk) => (desk.kind === 'outsourced') === (desk.vendor !== undefined), {
    error: 'an outsourced desk has a vendor, and an internal one has none',
    path: ['vendor'],
  });
export type Desk = z.infer<typeof Desk>;

/** The desks of the stage, as functions get them in `DESKS`. */
export const StageDesks = z.preprocess(
  (value) => (typeof value === 'string' ? JSON.parse(value) : value),
  z.array(Desk).min(1).max(50),
);
