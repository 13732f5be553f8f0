import { DynamoTerms } from '../adapters/dynamo/config/dynamo-terms.ts';
import { DynamoInquiryLedger } from '../adapters/dynamo/inquiry/dynamo-inquiry-ledger.ts';
import { nodeRandomness } from '../adapters/random/node-randomness.ts';
import { S3ContentStore } from '../adapters/s3/content-store.ts';
import { makeDynamoClient } from '../adapters/sdk/aws-clients.ts';
import { makeS3Client } from '../adapters/sdk/s3-client.ts';
import { planAppend } from '../core/inquiry/decide-and-append.ts';
import { InquiryEvent } from '../core/inquiry/events/events.ts';
import { isRefusal } from '../core/inquiry/refusal.ts';
import { StageDesks } from '../core/inquiry/terms/desk.ts';
import { addSeconds, EmailAddress, type Instant } from '../core/inquiry/values/ids.ts';
import { makeInquiryNumber } from '../core/inquiry/values/inquiry-number.ts';

/** This many appends, of this many inquiries each, run in parallel. */
const concurrency = 8;
const inquiriesPerAppend = 20;

/**
 * Writes inquiries that wait at the vendor's desk, with the kernel and the ledger's own adapter:
 * received at an instant, each routed with a policy.
 *
 * @returns the policy of each inquiry by its id
 */
export async function writeInquiries(
  receivedAt: Instant,
  policies: readonly string[],
  now: Date,
): Promise<Map<string, string>> {
  const table = { client: makeDynamoClient(), name: process.env['TABLE_NAME'] ?? '' };
  const content = new S3ContentStore(makeS3Client(), process.env['CONTENT_BUCKET'] ?? '');
  const ledger = new DynamoInquiryLedger(table, content);
  const terms = await new DynamoTerms(table, StageDesks.parse(process.env['DESKS'])).read();
  const policyById = new Map<string, string>();
  const starts = Array.from(
    { length: Math.ceil(policies.length / inquiriesPerAppend) },
    (_, group) => group * inquiriesPerAppend,
  ).values();
  const at = now.toISOString() as Instant;

  async function write(): Promise<void> {
    // The writers share one iterator, so each inquiry is written by one of them.
    for (const start of starts) {
      const pendingAppends = policies
        .slice(start, start + inquiriesPerAppend)
        .map((policy, place) => {
          const id = nodeRandomness.inquiryId(at);
          const events = makeInquiryLife(receivedAt, policy, start + place);
          const pendingAppend = planAppend(id, undefined, { events }, terms, at);
          if (isRefusal(pendingAppend)) throw new Error(pendingAppend.detail);
          policyById.set(id, policy);
          return pendingAppend;
        });
      const outcome = await ledger.append(...pendingAppends);
      if (!outcome.appended) throw new Error(`inquiries were not written: ${outcome.conflict}`);
    }
  }
  await Promise.all(Array.from({ length: concurrency }, write));
  return policyById;
}

function makeInquiryLife(at: Instant, policy: string, index: number): InquiryEvent[] {
  const address = EmailAddress.parse(`employee-${index % 200}@toritsugi.example`);
  const requester = { address, name: `社員 ${index}` };
  const subject = `プリンタから印刷できません（${index}）`;
  return [
    InquiryEvent.parse({
      ...{ v: 1, at, by: { kind: 'requester', ...requester }, type: 'InquiryReceived' },
      number: makeInquiryNumber(nodeRandomness.bytes(7)),
      received: {
        channel: 'mail',
        requester,
        participants: [],
        subject,
        language: 'ja',
        automated: false,
        acknowledge: false,
        message: {
          id: nodeRandomness.id(at),
          kind: 'requester',
          from: requester,
          subject,
          text: `${index}階の複合機から印刷できません。再起動しても変わりませんでした。`,
          attachments: [],
        },
        source: {},
        links: [],
        receivedAt: at,
        announceAt: addSeconds(at, 60),
      },
    }),
    InquiryEvent.parse({
      ...{ v: 1, at, by: { kind: 'system', part: 'routing' }, type: 'InquiryRouted' },
      ...{ desk: 'bpo', vendor: 'vendor-a', priority: 'medium', category: 'other', tags: [] },
      ...{ policy, rules: 0, trace: [] },
      announceAt: addSeconds(at, 86_400),
    }),
  ];
}
