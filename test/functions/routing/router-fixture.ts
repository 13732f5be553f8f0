import { setTimeout } from 'node:timers/promises';
import { DynamoRoutingConfigLedger } from '../../../adapters/dynamo/config/dynamo-routing-config-ledger.ts';
import { DynamoRuleSets } from '../../../adapters/dynamo/config/dynamo-rule-sets.ts';
import { DynamoTerms } from '../../../adapters/dynamo/config/dynamo-terms.ts';
import { DynamoInquiryIndex } from '../../../adapters/dynamo/inquiry/dynamo-inquiry-index.ts';
import { DynamoInquiryLedger } from '../../../adapters/dynamo/inquiry/dynamo-inquiry-ledger.ts';
import { DynamoPersonRegistry } from '../../../adapters/dynamo/people/dynamo-person-registry.ts';
import { DynamoDeskVolumes } from '../../../adapters/dynamo/routing/dynamo-desk-volumes.ts';
import { DynamoOverflowStates } from '../../../adapters/dynamo/routing/dynamo-overflow-states.ts';
import { nodeRandomness } from '../../../adapters/random/node-randomness.ts';
import { S3ContentStore } from '../../../adapters/s3/content-store.ts';
import { planAppend } from '../../../core/inquiry/decide-and-append.ts';
import type { AcceptedInput, EventOf, InquiryEvent } from '../../../core/inquiry/events/events.ts';
import type { InquiryLedger } from '../../../core/inquiry/ports.ts';
import { isRefusal } from '../../../core/inquiry/refusal.ts';
import type { Desk } from '../../../core/inquiry/terms/desk.ts';
import { DeskSettings } from '../../../core/inquiry/terms/desk-settings.ts';
import { shippedServiceLevels } from '../../../core/inquiry/terms/shipped-service-levels.ts';
import { addSeconds, type InquiryId, type Instant } from '../../../core/inquiry/values/ids.ts';
import { makeInquiryNumber } from '../../../core/inquiry/values/inquiry-number.ts';
import { RuleSet } from '../../../core/routing/rules/rule-set.ts';
import { makeHandler } from '../../../functions/routing/route-inquiry.ts';
import { deskList } from '../../core/help-desk.ts';
import { readSpecimen, readSpecimenWith } from '../../support/specimens.ts';
import { bucketNames, startEngines } from '../../support/start-engines.ts';
import { fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../edge/telemetry/recording-telemetry.ts';
import { makeMailBatch } from '../intake/mail-fixture.ts';

/** Tuesday 10:00:30 in Tokyo. */
export const routerTime = '2026-11-24T01:00:30.000Z' as Instant;

export const makeRoutingMessage = (id: string) => ({ id, body: JSON.stringify({ inquiryId: id }) });

/** What the router needs of the ledger. */
type RouterLedger = Pick<InquiryLedger, 'load' | 'loadOpening' | 'append' | 'events'>;

/** The router on the real engines, with configuration as leads put it. */
export async function startRouterFixture() {
  const engines = await startEngines();
  const { table } = engines;
  const ledger = new DynamoInquiryLedger(
    table,
    new S3ContentStore(engines.s3, bucketNames.content),
  );
  const versions = new DynamoRoutingConfigLedger(table);
  const people = new DynamoPersonRegistry(table);
  const clock = { milliseconds: 0 };

  /** A router that has read nothing yet. */
  function router(
    desks: readonly Desk[] = deskList,
    at = routerTime,
    through: RouterLedger = ledger,
  ) {
    const telemetry = makeRecordingTelemetry();
    const handler = makeHandler({
      ...telemetry,
      terms: new DynamoTerms(table, desks),
      ...{ ledger: through as InquiryLedger, people, random: nodeRandomness, now: () => at },
      index: new DynamoInquiryIndex(table),
      overflows: new DynamoOverflowStates(table),
      volumes: new DynamoDeskVolumes(table),
      elapsed: () => clock.milliseconds,
      ruleSets: new DynamoRuleSets(table, () => clock.milliseconds),
      pause: (milliseconds) => setTimeout(milliseconds),
    });
    return {
      ...telemetry,
      deliver: (...ids: readonly string[]) =>
        handler(makeMailBatch(ids.map(makeRoutingMessage)), fakeLambdaContext()),
    };
  }

  async function open(
    text: string,
    before: readonly InquiryEvent[] = [],
    given: Partial<AcceptedInput> = {},
  ): Promise<InquiryId> {
    const at = given.receivedAt ?? routerTime;
    const id = nodeRandomness.inquiryId(at);
    const { received } = readSpecimen('InquiryReceived');
    const message = { ...received.message, text };
    const content = {
      ...received,
      ...{ subject: '件名', message, acknowledge: false, receivedAt: at },
      announceAt: addSeconds(at, 60),
      ...given,
    };
    const number = makeInquiryNumber(nodeRandomness.bytes(7));
    const [quarantined, ...rest] = before;
    const events =
      quarantined === undefined
        ? [readSpecimenWith('InquiryReceived', { number, received: content })]
        : [
            { ...quarantined, number } as InquiryEvent,
            ...rest,
            readSpecimenWith('InquiryAdmitted', { received: content }),
          ];
    const pendingAppend = planAppend(
      id,
      undefined,
      { events },
      { serviceLevels: shippedServiceLevels },
      at,
    );
    if (isRefusal(pendingAppend)) throw new TypeError(pendingAppend.detail);
    const outcome = await ledger.append(pendingAppend);
    if (!outcome.appended) throw new TypeError(outcome.conflict);
    return id;
  }

  const eventsOf = async (id: InquiryId) =>
    (await ledger.events(id, 0, 100)).map((one) => one.event);

  return {
    ...{ engines, ledger, people, clock, router, open, eventsOf },
    routedOf: async (id: InquiryId): Promise<EventOf<'InquiryRouted'>> => {
      const event = (await eventsOf(id)).findLast(({ type }) => type === 'InquiryRouted');
      if (event?.type !== 'InquiryRouted') throw new TypeError('it is not routed');
      return event;
    },
    putRules: async (rules: readonly object[], otherwise: object = {}): Promise<number> => {
      const heads = await versions.readNewestNumbers();
      const version = heads.routing + 1;
      const body = RuleSet.parse({
        ...{ version, rules },
        otherwise: { desk: 'bpo', priority: 'low', category: 'general', ...otherwise },
      });
      await versions.put('routing', { version, recordedAt: routerTime, body }, heads);
      return version;
    },
    putSettings: async (settings: object): Promise<number> => {
      const heads = await versions.readNewestNumbers();
      const version = heads.desks + 1;
      const body = DeskSettings.parse(settings);
      await versions.put('desks', { version, recordedAt: routerTime, body }, heads);
      return version;
    },
    stop: engines.stop,
  };
}
