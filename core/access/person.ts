import * as z from 'zod';
import { Address, DeskId, Instant, Sub, VendorId } from '../inquiry/ids.ts';
import { Language, Role } from '../inquiry/vocabulary.ts';

export { Language, Role };

export const Presence = z.enum(['present', 'away']);
export type Presence = z.infer<typeof Presence>;

/**
 * An entry of the person registry, which grants all rights: a token alone grants nothing.
 *
 * `desks` are those an agent works; `vendor` is set for operators only. A person who has left
 * is `left` and never removed, so that history keeps its names.
 */
export const Person = z
  .strictObject({
    address: Address,
    sub: Sub.optional(),
    name: z.string().min(1).max(200),
    role: Role,
    vendor: VendorId.optional(),
    desks: z.array(DeskId).max(20).default([]),
    department: z.string().max(200).optional(),
    vip: z.boolean().default(false),
    language: Language.default('ja'),
    presence: Presence.default('away'),
    presenceAt: Instant.optional(),
    /** Forms a `system` person may post to. */
    forms: z.array(z.string().max(64)).max(20).default([]),
    state: z.enum(['active', 'left']).default('active'),
    /** Set when a permanent bounce showed that mail does not arrive. */
    undeliverableAt: Instant.optional(),
  })
  .refine((person) => (person.role === 'operator') === (person.vendor !== undefined), {
    error: 'an operator has a vendor, and nobody else has one',
    path: ['vendor'],
  });
export type Person = z.infer<typeof Person>;

/** Whether a role works inquiries. */
export function isAgentRole(role: Role): boolean {
  return role === 'operator' || role === 'staff' || role === 'lead';
}
