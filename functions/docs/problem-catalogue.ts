import type { ProblemCode } from '../edge/problem/refusal-status.ts';

/** What a code means, and what to do about it; `docs/problems.md` says the same. */
export const problemCatalogue: Readonly<
  Record<ProblemCode, { readonly meaning: string; readonly remedy: string }>
> = {
  'access.unauthenticated': {
    meaning:
      "The request carries no access token, or one that has run out or is not ours. An ID token is none: it tells a page who signed in. On the routes of vendors' systems, the signature, its timestamp or its key is not good; it is not said which.",
    remedy:
      'Sign in again and send the token as `Authorization: Bearer …`. A system signs as docs/vendor-systems.md shows, by a clock that is right.',
  },
  'access.not-registered': {
    meaning:
      'The token is good, but its subject has no active entry in the registry of people. A token alone grants nothing.',
    remedy: 'Ask a lead to enter you, or to set your entry to active.',
  },
  'access.forbidden': {
    meaning: 'You may know of this, but your role or your part in the inquiry does not allow it.',
    remedy: "Look at the inquiry's `commands` for what you may do, or ask somebody who may.",
  },
  'access.not-found': {
    meaning: 'There is no such thing, or you may not know of it.',
    remedy: 'Check the id or number. Where it should be yours, ask a lead for your desks.',
  },
  'access.never-unmasked': {
    meaning: 'You asked to be shown something that is shown to no vendor, whatever the reason.',
    remedy: 'Hand the inquiry over to staff when it cannot be answered without it.',
  },
  'access.unmasking-settled': {
    meaning: 'Somebody has granted or refused the request, and you gave the other answer.',
    remedy: "Read the inquiry's `unmaskings`. What was granted ends when it leaves the desk.",
  },
  'invalid.body': {
    meaning:
      'The body is not JSON in UTF-8, lacks a field, has one too many, or one of the wrong form.',
    remedy: 'Each entry of `errors` points at a place in the body; mend these.',
  },
  'invalid.parameter': {
    meaning: 'A part of the path, a query parameter or a header is unknown or of the wrong form.',
    remedy: 'Each entry of `errors` says which; mend these.',
  },
  'invalid.cursor': {
    meaning:
      'The cursor is damaged, is of another list, filter or caller, or its key has been retired.',
    remedy: 'Send `next` as it came, with the same filter; or begin again without a cursor.',
  },
  'invalid.media-type': {
    meaning: 'The body is of a media type that the route does not read.',
    remedy: 'Send `application/json`; for CSV `text/csv`, or `application/octet-stream` for CP932.',
  },
  'invalid.too-large': {
    meaning: "The body is over the route's limit, which the document states.",
    remedy: 'Send less: attach files as uploads, split an import.',
  },
  'invalid.form': {
    meaning: 'The fields do not fit the definition of the form.',
    remedy: 'Read the form again and mend what `errors` points at.',
  },
  'invalid.attachment': {
    meaning:
      'An attachment cannot be used: it is unknown, not yet arrived, of somebody else, held, or of a size or type that is not taken.',
    remedy: 'Upload it again and name its id once the upload has ended.',
  },
  'invalid.idempotency-key': {
    meaning: 'The same `Idempotency-Key` came with another request within the last 24 hours.',
    remedy: 'Make a new key for each new request; keep the key only when repeating one.',
  },
  'inquiry.illegal-transition': {
    meaning: 'What you ask cannot follow the status in which the inquiry is.',
    remedy: 'Read the inquiry again; its `commands` name what can be done now.',
  },
  'inquiry.merged': {
    meaning: 'The inquiry has been merged into another and takes no commands.',
    remedy: 'Use the inquiry that `mergedInto` names.',
  },
  'inquiry.stale': {
    meaning: 'The inquiry has changed since you read the version in `If-Match`.',
    remedy: 'Read it again, decide again, and send the new ETag.',
  },
  'inquiry.attachment-gone': {
    meaning: 'The message names the attachment, but its file has been deleted.',
    remedy: 'Ask whoever sent it for the file; asking again does not help.',
  },
  'intake.not-quarantined': {
    meaning: 'It is not in quarantine, or not any longer.',
    remedy: 'Read the list again; somebody else may have decided.',
  },
  'intake.unknown-form': {
    meaning: 'There is no form of this name that you may use.',
    remedy: 'Choose one of the list of forms.',
  },
  'work.already-claimed': {
    meaning: 'Somebody else claimed the inquiry first.',
    remedy: 'Claim another, or the next one of the desk.',
  },
  'work.not-waiting': {
    meaning: 'The inquiry does not wait at a desk of yours: it was taken, moved or finished.',
    remedy: "Read the desk's worklist again.",
  },
  'work.not-holder': {
    meaning: 'Only who holds the inquiry can do this, and you do not hold it.',
    remedy: 'Claim it first.',
  },
  'work.lease-lost': {
    meaning:
      'Your claim has ended: heartbeats stopped, or the inquiry was released, moved or taken over. Nothing of this command was written.',
    remedy: 'Read the inquiry again. If it still waits, claim it and repeat with the new fence.',
  },
  'work.unknown-desk': {
    meaning: 'There is no desk of this name, or it is none of yours.',
    remedy: 'Choose one of the list of desks.',
  },
  'work.same-desk': {
    meaning: 'The inquiry is at the desk to which you would transfer it.',
    remedy: 'Name another desk, or release it so that a colleague can take it.',
  },
  'work.not-assigned': {
    meaning: 'The inquiry is not assigned to you, so there is nothing to decline.',
    remedy: 'Release what you have claimed yourself; read the inquiry again otherwise.',
  },
  'work.merge-target': {
    meaning:
      'Nothing can be merged into that inquiry: it is the same one, merged itself, quarantined or unknown.',
    remedy: 'Name the inquiry in which the matter goes on.',
  },
  'work.too-late': {
    meaning: 'The time within which this could be done has passed.',
    remedy: 'Open a new inquiry and mention the number of this one.',
  },
  'work.already-rated': {
    meaning: 'This resolution has been rated; each is rated once.',
    remedy: 'Nothing. After another resolution you can rate again.',
  },
  'work.nothing-unanswered': {
    meaning:
      'No message of the requester waits for an answer, or the first response is still owed: that is given by a public message or by resolving.',
    remedy: 'Nothing where all has been answered; otherwise answer, or resolve it.',
  },
  'work.wait-limit': {
    meaning: 'A service level of the inquiry has been paused as often as it may be.',
    remedy: 'Keep it, or resolve it: a later reply of the requester reopens it.',
  },
  'work.not-available': {
    meaning: 'The inquiry was routed to a desk that was closed, and is held back until it opens.',
    remedy: 'Claim it after the instant that `detail` names.',
  },
  'sla.unknown-breach': {
    meaning:
      'That clock of that inquiry was not missed in that cycle, or its miss has not been noticed yet. A cycle that goes on with an earlier miss has none of its own.',
    remedy: 'Take the id from the list of breaches.',
  },
  'sla.reviewed-out': {
    meaning: 'The breach has had as many reviews as one can have.',
    remedy: 'The last review stands; add what is missing as a note on the inquiry.',
  },
  'sla.unknown-clock': {
    meaning:
      'The inquiry has no such clock or cycle, no policy holds it to a target, or it is about what another desk has agreed to.',
    remedy: "Look at the inquiry's `clocks` for those that it has.",
  },
  'sla.unknown-escalation': {
    meaning: 'The inquiry has never had an escalation of this id.',
    remedy: 'Use the id as the notice, the webhook or the inquiry gives it.',
  },
  'sla.escalation-over': {
    meaning:
      'Nobody is told any more: its clock has ended, or the inquiry is no emergency any longer.',
    remedy: 'Nothing is left to acknowledge. A missed deadline waits for its review.',
  },
  'config.stale': {
    meaning: 'Somebody else has put a version since you read the one whose ETag you sent.',
    remedy: 'Read the newest version, make your change to it, and send its ETag.',
  },
  'config.unknown-version': {
    meaning: 'No version of this number has been put.',
    remedy: 'Choose one of those that `history` lists.',
  },
  'config.unknown-webhook': {
    meaning: 'The policies in force name no webhook of this id.',
    remedy: 'Put policies that name it first, or choose one of their `webhooks`.',
  },
  'config.unknown-key': {
    meaning: 'The desk settings in force have no active key of this id for the vendor.',
    remedy: 'Put desk settings that name it under `vendors` first.',
  },
  'people.last-lead': {
    meaning: 'It would leave the registry without an active lead.',
    remedy: 'Make somebody else a lead first.',
  },
  'people.unknown': {
    meaning: 'Nobody stands in the registry under this address.',
    remedy: 'Check the address, or enter the person.',
  },
  'people.not-offboarded': {
    meaning: 'An agent who is to be erased is still active, and may hold inquiries.',
    remedy: 'Offboard them, wait until that job is done, and order the erasure again.',
  },
  'people.open-inquiries': {
    meaning:
      'Something may still happen to inquiries of the person who is to be erased. The detail names them; those in quarantine count too.',
    remedy:
      'Close or withdraw them, discard those in quarantine, and order the erasure again. A dry run lists what there is without that.',
  },
  'people.still-named': {
    meaning:
      'A standing assignment, somebody’s stand-in or an escalation chain names the person who is to be erased, and would reach nobody afterwards. The detail says where.',
    remedy:
      'Put versions of the desk settings or policies that do not name them, change the absences, and order the erasure again.',
  },
  'job.unknown': {
    meaning: 'There is no such job, or it is not yours.',
    remedy: 'Check the id that the 202 answer gave.',
  },
  'transient.conflict': {
    meaning: 'Others kept changing the same thing, and several attempts were lost to them.',
    remedy: 'Ask again after `Retry-After`, with the same `Idempotency-Key`.',
  },
  'transient.audit': {
    meaning:
      'What is done and seen here is recorded, and this could not be. A command may have taken effect; nothing of it is shown.',
    remedy:
      'Ask again after `Retry-After`, with the same `Idempotency-Key`: what has taken effect is answered and not repeated.',
  },
  'transient.timeout': {
    meaning:
      'The function ran out of time. Whether the command took effect is not known to the one who answers.',
    remedy:
      'Ask again with the same `Idempotency-Key`: what has taken effect is answered and not repeated.',
  },
  'transient.unavailable': {
    meaning:
      'A store or queue that we need was too busy or did not answer. Whether a command took effect is not known to the one who answers.',
    remedy:
      'Ask again after `Retry-After`, with the same `Idempotency-Key`: what has taken effect is not done a second time.',
  },
  'internal.failure': {
    meaning: 'A defect of ours.',
    remedy: 'Ask again later with the same `Idempotency-Key`; tell us the `traceId` if it stays.',
  },
};
