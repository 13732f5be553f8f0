import * as z from 'zod';
import { ClockName } from '../../../core/inquiry/clock/clock.ts';
import { EscalationId, EscalationReason } from '../../../core/inquiry/clock/escalation.ts';
import { InquiryId, Instant } from '../../../core/inquiry/values/ids.ts';
import { InquiryNumber } from '../../../core/inquiry/values/inquiry-number.ts';
import { defineContract } from '../../edge/http/route-contract.ts';

/** An escalation in a path: its inquiry's id and its own id within that. */
export const EscalationRef = z
  .string()
  .max(100)
  .transform((text, context) => {
    const dot = text.indexOf('.');
    const inquiryId = InquiryId.safeParse(text.slice(0, Math.max(0, dot)).toLowerCase());
    const escalation = EscalationId.safeParse(text.slice(dot + 1));
    if (inquiryId.success && escalation.success) {
      return { inquiryId: inquiryId.data, escalation: escalation.data };
    }
    context.addIssue({ code: 'custom', message: 'is no id of an escalation' });
    return z.NEVER;
  })
  .meta({
    description: "The inquiry's id, a full stop, and the escalation's id within the inquiry.",
    examples: ['019a4c1e-7b20-7cc3-98c4-dc0c0c07398f.resolution-1'],
  });

export const AcknowledgedEscalationView = z
  .strictObject({
    id: z.string(),
    inquiry: z.strictObject({ id: InquiryId, number: InquiryNumber }),
    reason: EscalationReason,
    clock: ClockName.optional(),
    cycle: z.int().optional(),
    startedAt: Instant,
    steps: z.int().meta({ description: 'How many steps have been taken.' }),
    acknowledged: z.strictObject({ at: Instant, name: z.string() }),
  })
  .meta({ id: 'Escalation' });
export type AcknowledgedEscalationView = z.infer<typeof AcknowledgedEscalationView>;

export const acknowledgeEscalation = defineContract({
  method: 'POST',
  path: '/v1/escalations/{id}/acknowledge',
  audit: { action: 'acknowledge-escalation', what: 'inquiry' },
  summary: { en: 'Acknowledge an escalation', ja: 'エスカレーションの確認' },
  description:
    'For leads, and for those whom one of its steps has told. Nobody is told any further; acknowledging once more changes nothing.',
  tag: 'service-levels',
  auth: 'token',
  roles: ['operator', 'staff', 'lead'],
  params: z.strictObject({ id: EscalationRef }),
  body: z.strictObject({}),
  answers: { 200: AcknowledgedEscalationView },
  refusals: ['sla.unknown-escalation', 'sla.escalation-over'],
  idempotent: true,
  concurrency: false,
});

const pageDefaults = {
  path: '/escalations/{token}',
  tag: 'about',
  auth: 'public',
  roles: [],
  params: z.strictObject({ token: z.string().min(1).max(1024) }),
  refusals: [],
  idempotent: false,
  concurrency: false,
} as const;

export const showEscalationPage = defineContract({
  ...pageDefaults,
  method: 'GET',
  summary: { en: 'The page of an escalation', ja: 'エスカレーションのページ' },
  description: 'By the signed link of its notices. It acknowledges nothing: its button does.',
  answers: { 200: 'text/html', 404: 'text/html' },
});

export const acknowledgeEscalationByLink = defineContract({
  ...pageDefaults,
  method: 'POST',
  summary: { en: 'Acknowledge it on its page', ja: 'ページからの確認' },
  description:
    'What the button of the page posts to: acknowledges as the one to whom the link was sent. Its body is not read.',
  answers: { 200: 'text/html', 404: 'text/html', 409: 'text/html' },
});
