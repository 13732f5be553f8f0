import type { PersonRegistry } from '../access/ports.ts';
import type { CommandDependencies, CommandResult } from '../inquiry/decide-and-append.ts';
import type { Refusal } from '../inquiry/refusal.ts';
import type { EmailAddress, InquiryId } from '../inquiry/values/ids.ts';
import type { Requester } from '../inquiry/values/vocabulary.ts';
import type { Circumstances } from './actor.ts';
import type { CommandOf } from './commands.ts';
import { performCommand, type Remember } from './perform-command.ts';

/** What is to be corrected. */
export type Amendment = Omit<CommandOf<'amend'>, 'command'>;

/** Corrects an inquiry; a requester's address brings with it what the registry knows of them. */
export async function amendInquiry(
  amending: CommandDependencies & { readonly people: Pick<PersonRegistry, 'byAddress'> },
  id: InquiryId,
  { requester, ...changes }: Amendment,
  circumstances: Circumstances,
  remember?: Remember,
): Promise<CommandResult | Refusal> {
  const address = requester?.address;
  const known = address === undefined ? {} : await registered(amending.people, address);
  const whole = requester === undefined ? {} : { requester: { ...known, ...requester } };
  const command = { command: 'amend', ...changes, ...whole } as const;
  return performCommand(amending, id, command, circumstances, remember);
}

async function registered(
  people: Pick<PersonRegistry, 'byAddress'>,
  address: EmailAddress,
): Promise<Requester> {
  const person = await people.byAddress(address);
  if (person === undefined) return {};
  const { sub, name, department, vip } = person;
  return {
    name,
    ...(sub === undefined ? {} : { sub }),
    ...(department === undefined ? {} : { department }),
    ...(vip ? { vip } : {}),
  };
}
