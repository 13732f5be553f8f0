import { type DemoContext, findCastMember } from '../demo-context.ts';

const AGENTS = ['operator-a1', 'operator-a2', 'staff-1', 'staff-2'] as const;

/** Reports the presence of the morning's agents; nothing is assigned to those who are away. */
export async function reportPresence({ api, tell }: DemoContext): Promise<void> {
  for (const who of AGENTS) {
    await api.request(who, 'PUT', '/v1/agents/me/presence', { presence: 'present' });
    tell(who, `${findCastMember(who).name} is there`);
  }
}
