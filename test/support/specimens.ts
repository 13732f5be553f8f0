import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type EventOf, type EventType, InquiryEvent } from '../../core/inquiry/events/events.ts';
import { addSeconds, InquiryId, type Instant } from '../../core/inquiry/values/ids.ts';

const folder = new URL('../../events/domain/', import.meta.url);

/** Every event type in the schema. */
export const eventTypes: readonly EventType[] = InquiryEvent.options.map(
  (option) => option.shape.type.value,
);

/** The types that have specimens. */
export function listSpecimenTypes(): string[] {
  return readdirSync(folder);
}

/** The versions of a type's specimens. */
export function listSpecimenVersions(type: string): number[] {
  const files = existsSync(new URL(`${type}/`, folder))
    ? readdirSync(new URL(`${type}/`, folder))
    : [];
  return files.map((file) => Number(/^v(\d+)\.json$/.exec(file)?.[1])).sort();
}

export function readRawSpecimen(type: string, version: number): unknown {
  return JSON.parse(readFileSync(new URL(`${type}/v${version}.json`, folder), 'utf8'));
}

/** The example of an event in its present version. */
export function readSpecimen<Type extends EventType>(type: Type): EventOf<Type> {
  return InquiryEvent.parse(readRawSpecimen(type, 1)) as EventOf<Type>;
}

/** The example with some fields changed. */
export function readSpecimenWith<Type extends EventType>(
  type: Type,
  changes: Partial<EventOf<Type>>,
): EventOf<Type> {
  return { ...readSpecimen(type), ...changes };
}

export const specimenInquiryId = InquiryId.parse('0199a0c3-0001-7a00-8000-000000000000');
/** When the examples' inquiry is received. */
export const specimenMorning = '2026-04-01T00:12:04.000Z' as Instant;

export function minutesAfterMorning(minutes: number): Instant {
  return addSeconds(specimenMorning, minutes * 60);
}
