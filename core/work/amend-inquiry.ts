import type { PersonRegistry } from '../access/ports.ts';
import type { CommandDependencies, CommandResult } from '../inquiry/decide-and-append.ts';
import type { Refusal } from '../inquiry/refusal.ts';
import type { EmailAddress, InquiryId } from '../inquiry/values/ids.ts';
import type { Requester } from '../inquiry/values/vocabulary.ts';
import type { CommandContext } from './actor.ts';
import type { CommandOf } from './commands.ts';
import { type AnswerRecorder, performCommand } from './perform-command.ts';

/** The corrections of an inquiry. */
export type InquiryAmendment = Omit<CommandOf<'amend'>, 'command'>;

/** Corrects an inquiry; a requester's address adds what the registry knows about them. */
export async function amendInquiry(
  deps: CommandDependencies & { readonly people: Pick<PersonRegistry, 'byAddress'> },
  id: InquiryId,
  { requester, ...changes }: InquiryAmendment,
  context: CommandContext,
  recordAnswer?: AnswerRecorder,
): Promise<CommandResult | Refusal> {
  const address = requester?.address;
  const registered =
    address === undefined ? {} : await readRegisteredRequester(deps.people, address);
  const requesterChange =
    requester === undefined ? {} : { requester: { ...registered, ...requester } };
  const command = { command: 'amend', ...changes, ...requesterChange } as const;
  return performCommand(deps, id, command, context, recordAnswer);
}

async function readRegisteredRequester(
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
