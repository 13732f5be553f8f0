import * as z from 'zod';
import { DeskId, EmailAddress, Instant, Sub, VendorId } from '../inquiry/values/ids.ts';
import { Category, Language, Role, Skill } from '../inquiry/values/vocabulary.ts';

export { Language, Role };

export const Presence = z.enum(['present', 'away']);
export type Presence = z.infer<typeof Presence>;

/**
 * A planned absence, during which nothing is assigned to the person. Their stand-in, who may be of
 * another department, is assigned inquiries of the named categories and no others.
 */
export const Absence = z
  .strictObject({
    id: z.string().min(1).max(64),
    from: Instant,
    until: Instant,
    standIn: EmailAddress.optional(),
    categories: z.array(Category).max(200).default([]),
    note: z.string().max(200).optional(),
  })
  .refine(({ from, until }) => from < until, { error: 'it ends after it begins', path: ['until'] })
  .refine(({ standIn, categories }) => (standIn === undefined) === (categories.length === 0), {
    error: 'a stand-in has categories, and without one there are none',
    path: ['categories'],
  });
export type Absence = z.infer<typeof Absence>;

/**
 * An entry of the person registry, which grants all rights: a token alone grants nothing.
 *
 * `desks` are those an agent works at; `vendor` is set for operators and for a vendor's own system.
 * A person who has left stays as `left`, so that history keeps its names.
 */
export const Person = z
  .strictObject({
    address: EmailAddress,
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
    /** What they know, for inquiries that need certain skills. */
    skills: z.array(Skill).max(50).default([]),
    /** How much they carry, in weights of priority; by default what their desk's settings say. */
    capacity: z.int().min(0).max(10_000).optional(),
    absences: z.array(Absence).max(20).default([]),
    /** Forms a `system` person may post to. */
    forms: z.array(z.string().max(64)).max(20).default([]),
    state: z.enum(['active', 'left']).default('active'),
    /** Set when a permanent bounce showed that mail does not arrive. */
    undeliverableAt: Instant.optional(),
  })
  .refine(({ role, vendor }) => canRoleHaveVendor(role, vendor), {
    error: 'an operator has a vendor, and nobody else but a vendor’s system has one',
    path: ['vendor'],
  });
export type Person = z.infer<typeof Person>;

/** Whether a role works inquiries. */
export function isAgentRole(role: Role): boolean {
  return role === 'operator' || role === 'staff' || role === 'lead';
}

function canRoleHaveVendor(role: Role, vendor: VendorId | undefined): boolean {
  if (role === 'system') return true;
  return (role === 'operator') === (vendor !== undefined);
}

/** Whether somebody belongs to a vendor and so sees only the masked view. */
export function isOutsider({ vendor }: Pick<Person, 'vendor'>): boolean {
  return vendor !== undefined;
}
