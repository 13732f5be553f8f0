import { findRelations } from '../access/may.ts';
import type { Person } from '../access/person.ts';
import type { Inquiry } from '../inquiry/snapshot.ts';
import type { Terms } from '../inquiry/terms/terms.ts';
import type { EventActor } from '../inquiry/values/actor.ts';
import type { Instant, Sub } from '../inquiry/values/ids.ts';
import type { Correspondent } from '../inquiry/values/message.ts';

/** A person of the registry who has signed in. */
export type Actor = Person & { readonly sub: Sub };

/** What a decision depends on besides the inquiry and the command. */
export type CommandContext = {
  readonly actor: Actor;
  readonly terms: Terms;
  readonly now: Instant;
  /** The id of the message that the command may post. */
  readonly messageId: string;
  /** The version that the actor saw, if they sent it. */
  readonly ifMatch?: number;
};

/**
 * The side of the desk that somebody acts on: staff with an inquiry of their own are its
 * requesters, unless they hold it.
 */
export function findActorSide(actor: Actor, inquiry: Inquiry): 'requester' | 'agent' {
  if (inquiry.holder?.agent === actor.sub) return 'agent';
  const relations = findRelations(actor, inquiry);
  if (relations.includes('own')) return 'requester';
  return relations.includes('office') || relations.includes('desk') ? 'agent' : 'requester';
}

/** Builds the actor of the events that somebody causes. */
export function buildEventActor(actor: Actor, side: 'requester' | 'agent'): EventActor {
  const { sub, name, address, role, vendor } = actor;
  return side === 'requester'
    ? { kind: 'requester', sub, name, address }
    : { kind: 'agent', sub, name, role, ...(vendor === undefined ? {} : { vendor }) };
}

export function correspondentOf({ address, sub, name }: Actor): Correspondent {
  return { address, sub, name };
}
