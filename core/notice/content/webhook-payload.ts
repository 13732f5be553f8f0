import type { InquiryEvent } from '../../inquiry/events/events.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { WebhookSettings } from '../../inquiry/terms/sla-policies.ts';
import type { Language } from '../../inquiry/values/vocabulary.ts';
import { formatLocalTime } from '../../wording/format-local-time.ts';
import { formatTimeSpan } from '../../wording/format-time-span.ts';
import { serviceLevelWords } from '../../wording/service-level-words.ts';
import type { EscalationFacts, GatheredNotices } from './escalation-facts.ts';
import type { NoticeWording } from './wording.ts';
import { englishWording } from './wording-en.ts';
import { japaneseWording } from './wording-ja.ts';

/** What a webhook's message is made from: never what people wrote or who they are. */
export type WebhookPayloadContext = {
  readonly inquiry: Pick<Inquiry, 'id' | 'number' | 'priority' | 'desk' | 'status'>;
  readonly event: Pick<InquiryEvent, 'at'>;
  readonly escalation: EscalationFacts;
  readonly gathered?: GatheredNotices;
  readonly deskName?: string;
  readonly acknowledgeLink?: string;
  /** Ends without a slash. */
  readonly publicUrl: string;
};

const wordings: Readonly<Record<Language, NoticeWording>> = {
  ja: japaneseWording,
  en: englishWording,
};

/** Builds the message in the webhook's configured format. */
export function buildWebhookPayload(
  { payload, language }: WebhookSettings,
  context: WebhookPayloadContext,
): object {
  switch (payload) {
    case 'toritsugi':
      return buildOwnPayload(context);
    case 'slack':
      return buildSlackPayload(context, language);
    case 'teams':
      return buildTeamsPayload(context, language);
    default:
      return payload satisfies never;
  }
}

/** A version only ever gains fields; any other change makes the next version. */
function buildOwnPayload(context: WebhookPayloadContext): object {
  const { inquiry, event, escalation, gathered, publicUrl } = context;
  const { id, number, priority, desk, status } = inquiry;
  const { clock: name, cycle, percent, dueAt, breachedAt } = escalation;
  const path = `/v1/escalations/${id}.${escalation.id}/acknowledge`;
  return {
    type: 'escalation.stepped',
    version: 1,
    timestamp: event.at,
    data: {
      escalation: {
        id: `${id}.${escalation.id}`,
        reason: escalation.reason,
        step: escalation.step,
        ...optionalField('steps', escalation.steps),
        state: escalation.state,
      },
      inquiry: { id, number, status, priority, ...optionalField('desk', desk) },
      ...(name === undefined
        ? {}
        : {
            clock: {
              ...{ name, cycle },
              ...optionalField('percent', percent),
              ...optionalField('dueAt', dueAt),
              ...optionalField('breachedAt', breachedAt),
            },
          }),
      ...(gathered === undefined || gathered.count === 0
        ? {}
        : { more: { count: gathered.count, numbers: gathered.first.map((one) => one.number) } }),
      links: { inquiry: `${publicUrl}/v1/inquiries/${id}`, acknowledge: `${publicUrl}${path}` },
    },
  };
}

/** @see https://docs.slack.dev/reference/block-kit/blocks */
function buildSlackPayload(context: WebhookPayloadContext, language: Language): object {
  const { acknowledgeLink } = context;
  const title = buildTitle(context, language);
  const { acknowledgeLink: label } = wordings[language];
  return {
    text: title,
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: title } },
      {
        type: 'section',
        fields: buildFacts(context, language).map(([name, value]) => ({
          type: 'mrkdwn',
          text: `*${name}*\n${value}`,
        })),
      },
      ...(acknowledgeLink === undefined
        ? []
        : [
            {
              type: 'actions',
              elements: [
                { type: 'button', text: { type: 'plain_text', text: label }, url: acknowledgeLink },
              ],
            },
          ]),
    ],
  };
}

/** @see https://adaptivecards.io/explorer/AdaptiveCard.html */
function buildTeamsPayload(context: WebhookPayloadContext, language: Language): object {
  const { acknowledgeLink } = context;
  const text = buildTitle(context, language);
  const facts = buildFacts(context, language).map(([title, value]) => ({ title, value }));
  const { acknowledgeLink: title } = wordings[language];
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            { type: 'TextBlock', text, wrap: true, weight: 'Bolder', size: 'Medium' },
            { type: 'FactSet', facts },
          ],
          ...(acknowledgeLink === undefined
            ? {}
            : { actions: [{ type: 'Action.OpenUrl', title, url: acknowledgeLink }] }),
        },
      },
    ],
  };
}

function buildTitle(context: WebhookPayloadContext, language: Language): string {
  const { inquiry, escalation, gathered } = context;
  const wording = wordings[language];
  const { clock, reason } = escalation;
  const { clocks, reasons } = serviceLevelWords[language];
  const clockLabel = clock === undefined ? '' : wording.bracketed(clocks[clock]);
  const moreLabel =
    gathered === undefined || gathered.count === 0 ? '' : ` ${wording.andMore(gathered.count)}`;
  return `[${inquiry.number}] ${reasons[reason]}${clockLabel}${moreLabel}`;
}

/** At most ten: Slack accepts no more in one section. */
function buildFacts(
  context: WebhookPayloadContext,
  language: Language,
): (readonly [name: string, value: string])[] {
  const { inquiry, escalation, deskName } = context;
  const { factNames, businessTime, stepOf } = wordings[language];
  const { dueAt, zone, left, late, step, steps } = escalation;
  const span = (seconds: number) => businessTime(formatTimeSpan(seconds, language));
  return [
    ...(deskName === undefined ? [] : [[factNames.desk, deskName] as const]),
    [factNames.priority, serviceLevelWords[language].priorities[inquiry.priority]],
    ...(dueAt === undefined
      ? []
      : [[factNames.dueAt, formatLocalTime(dueAt, language, zone)] as const]),
    ...(left === undefined ? [] : [[factNames.left, span(left)] as const]),
    ...(late === undefined ? [] : [[factNames.late, span(late)] as const]),
    [factNames.step, stepOf(step, steps)],
  ];
}

function optionalField<Name extends string, Value>(name: Name, value: Value | undefined) {
  return (value === undefined ? {} : { [name]: value }) as { [N in Name]?: Value };
}
