import type { Instant } from '../../core/inquiry/values/ids.ts';
import { normalizeText } from '../../core/routing/rules/normalize-text.ts';
import type { RoutingFacts } from '../../core/routing/rules/routing-facts.ts';

/** A mail of an employee about nothing in particular, with no other facts known. */
export const plainFacts: RoutingFacts = {
  at: '2026-11-20T01:00:00.000Z' as Instant,
  channel: 'mail',
  fields: {},
  subject: normalizeText('件名'),
  text: normalizeText('件名\n本文'),
  vip: false,
  external: false,
  language: 'ja',
  automated: false,
  priority: 'medium',
  tags: [],
  attachments: [],
  calendar: () => undefined,
  observed: { desks: {} },
};
