/**
 * The outcome of each route for every relation that a caller can have to its object.
 *
 * `a` allowed, whatever the rules of the work say then; `s` allowed a stub; `i` allowed, and its
 * body refused as incomplete, which spares the walk from doing it; `f` forbidden; `h` hidden,
 * answered as if it did not exist; `n` not, or no longer, in the registry; `u` not signed.
 */
export type AccessOutcome = 'a' | 's' | 'i' | 'f' | 'h' | 'n' | 'u';

export type AccessRow = {
  readonly route: string;
  /** Which of a route's requests this is, where it has several rows. */
  readonly asking?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: unknown;
  /** Sent in place of JSON. */
  readonly csv?: string;
  /** By column, groups separated by `|`. */
  readonly outcomes: string;
};

/** The inquiries that the walk prepares, and its callers, by name. */
export type InquiryName =
  | 'waiting'
  | 'held'
  | 'moved on'
  | 'closed'
  | 'quarantined'
  | 'of staff'
  | 'of a lead'
  | 'of a system';
export type PersonName =
  | 'employee-1'
  | 'employee-2'
  | 'employee-9'
  | 'operator-a1'
  | 'operator-a2'
  | 'operator-a9'
  | 'operator-b1'
  | 'staff-1'
  | 'staff-2'
  | 'lead-1'
  | 'form-system'
  | 'vendor-system'
  | 'left-lead'
  | 'nobody';

/** The callers' relations to the inquiries: the columns of the rows about an inquiry. */
export const inquiryStandings = [
  // Of employee-1, with employee-2 taking part, at the desk `bpo` of vendor A.
  ['requester', 'own', 'employee-1', 'waiting'],
  ['requester', 'participant', 'employee-2', 'waiting'],
  ['requester', 'none', 'employee-9', 'waiting'],
  ['requester', 'quarantined', 'employee-1', 'quarantined'],
  ['operator', 'own desk, waiting', 'operator-a1', 'waiting'],
  ['operator', 'own desk, held by themselves', 'operator-a1', 'held'],
  ['operator', 'own desk, held by a colleague', 'operator-a2', 'held'],
  ['operator', 'other desk of the vendor', 'operator-a9', 'waiting'],
  ['operator', 'desk of another vendor', 'operator-b1', 'waiting'],
  ['operator', 'former', 'operator-a1', 'moved on'],
  ['operator', 'former, closed', 'operator-a1', 'closed'],
  ['operator', 'none', 'operator-b1', 'moved on'],
  ['operator', 'quarantined', 'operator-a1', 'quarantined'],
  ['staff', 'any', 'staff-2', 'waiting'],
  ['staff', 'own', 'staff-1', 'of staff'],
  ['staff', 'quarantined', 'staff-2', 'quarantined'],
  ['lead', 'any', 'lead-1', 'held'],
  ['lead', 'own', 'lead-1', 'of a lead'],
  ['lead', 'quarantined', 'lead-1', 'quarantined'],
  ['system', 'own', 'form-system', 'of a system'],
  ['system', 'vendor’s own desk', 'vendor-system', 'waiting'],
  ['system', 'former vendor', 'vendor-system', 'moved on'],
  ['left', 'any', 'left-lead', 'waiting'],
  ['unregistered', 'any', 'nobody', 'waiting'],
] as const satisfies readonly (readonly [string, string, PersonName, InquiryName])[];

/** The columns of the rows that are about no inquiry. */
export const callerRoles = [
  ['requester', 'employee-1'],
  ['operator', 'operator-a1'],
  ['staff', 'staff-1'],
  ['lead', 'lead-1'],
  ['system', 'form-system'],
  ['vendor’s system', 'vendor-system'],
  ['left', 'left-lead'],
  ['unregistered', 'nobody'],
] as const satisfies readonly (readonly [string, PersonName])[];

/** The columns of the rows about a desk. */
export const deskStandings = [
  ['operator', 'own', 'operator-a1', 'bpo-quiet'],
  ['operator', 'other of the vendor', 'operator-a1', 'bpo-2'],
  ['operator', 'of another vendor', 'operator-a1', 'bpo-b'],
  ['operator', 'internal', 'operator-a1', 'staff'],
  ['operator', 'unknown', 'operator-a1', 'nowhere'],
  ['requester', 'any', 'employee-1', 'bpo-quiet'],
  ['staff', 'own', 'staff-1', 'staff-quiet'],
  ['staff', 'other', 'staff-1', 'bpo-quiet'],
  ['staff', 'unknown', 'staff-1', 'nowhere'],
  ['lead', 'other', 'lead-1', 'bpo-quiet'],
  ['system', 'any', 'form-system', 'bpo-quiet'],
  ['vendor’s system', 'own', 'vendor-system', 'bpo-quiet'],
  ['left', 'any', 'left-lead', 'bpo-quiet'],
  ['unregistered', 'any', 'nobody', 'bpo-quiet'],
] as const satisfies readonly (readonly [string, string, PersonName, string])[];

// requester: own part none quar | operator: waits self coll other-desk other-vendor former closed none quar
// | staff: any own quar | lead: any own quar | system: own desk former | left unregistered
const asAgent = 'f f f f | a a a f h f f h h | a a h | a a a | f f f | n n';
const asOffice = 'f f f f | f f f f f f f f f | a a h | a a a | f f f | n n';
const asReader = 'a a h h | a a a f h f f h h | a a h | a a a | f f f | n n';

/** A vendor's system, by the key that it signs with and the vendor that it claims to be. */
export type VendorSigning = {
  readonly vendor: 'vendor-a' | 'vendor-b';
  readonly with:
    | readonly [vendor: 'vendor-a' | 'vendor-b', key: 'active' | 'retired']
    | 'token'
    | 'nothing';
};
const byA: VendorSigning = { vendor: 'vendor-a', with: ['vendor-a', 'active'] };
const byB: VendorSigning = { vendor: 'vendor-b', with: ['vendor-b', 'active'] };

/** The columns of the rows about an inquiry for vendors' own systems. */
export const systemStandings = [
  ['own desk, waiting', byA, 'waiting'],
  ['own desk, held by an operator', byA, 'held'],
  ['former', byA, 'moved on'],
  ['former, closed', byA, 'closed'],
  ['quarantined', byA, 'quarantined'],
  ['desk of another vendor', byB, 'waiting'],
  ['none', byB, 'moved on'],
  ['by another vendor’s key', { vendor: 'vendor-b', with: ['vendor-a', 'active'] }, 'waiting'],
  ['by a retired key', { vendor: 'vendor-a', with: ['vendor-a', 'retired'] }, 'waiting'],
  ['by an operator’s token', { vendor: 'vendor-a', with: 'token' }, 'waiting'],
  ['by nothing', { vendor: 'vendor-a', with: 'nothing' }, 'waiting'],
] as const satisfies readonly (readonly [string, VendorSigning, InquiryName])[];

/** The columns of the rows about a desk for vendors' own systems. */
export const systemDesks = [
  ['own', byA, 'bpo-quiet'],
  ['of another vendor', byA, 'bpo-b'],
  ['internal', byA, 'staff'],
  ['unknown', byA, 'nowhere'],
  ['by another vendor’s key', { vendor: 'vendor-b', with: ['vendor-a', 'active'] }, 'bpo-b'],
  ['by a retired key', { vendor: 'vendor-a', with: ['vendor-a', 'retired'] }, 'bpo-quiet'],
  ['by an operator’s token', { vendor: 'vendor-a', with: 'token' }, 'bpo-quiet'],
  ['by nothing', { vendor: 'vendor-a', with: 'nothing' }, 'bpo-quiet'],
] as const satisfies readonly (readonly [string, VendorSigning, string])[];

const id = '/v1/inquiries/{id}';
const text = { kind: 'public', text: 'わかりました。' };

/** About an inquiry; commands name a version that it never has, so nothing is done. */
// biome-ignore format: a table is read by its columns
export const inquiryRows: readonly AccessRow[] = [
  { route: `GET ${id}`, outcomes: 'a a h h | a a a s h s s h h | a a h | a a a | f f f | n n' },
  { route: `GET ${id}/messages`, outcomes: asReader },
  // The vendor does not get an attachment of this type; a quarantined mail has none taken in.
  { route: `GET ${id}/attachments/{attachment}`,
    outcomes: 'a a h h | f f f f h f f h h | a a h | a a h | f f f | n n' },
  { route: `GET ${id}/events`, outcomes: asOffice },
  { route: `GET ${id}/routing/explain`, outcomes: asOffice },
  { route: `GET ${id}/clocks/{clock}/explain`, params: { clock: 'resolution' }, outcomes: asAgent },
  { route: `POST ${id}/messages`, body: text,
    outcomes: 'a a h h | a a a f h f f h h | a a h | a a a | f f f | n n' },
  { route: `POST ${id}/messages`, asking: 'a note', body: { ...text, kind: 'internal' },
    outcomes: 'f f h h | a a a f h f f h h | a a h | a a a | f f f | n n' },
  { route: `POST ${id}/claim`, body: {}, outcomes: asAgent },
  { route: `POST ${id}/heartbeat`, body: { fence: 99 }, outcomes: asAgent },
  { route: `POST ${id}/release`, body: {}, outcomes: asAgent },
  { route: `POST ${id}/decline`, body: {}, outcomes: asAgent },
  { route: `POST ${id}/transfer`, body: { desk: 'staff-quiet' }, outcomes: asAgent },
  { route: `POST ${id}/wait`, body: {}, outcomes: asAgent },
  { route: `POST ${id}/resume`, body: {}, outcomes: asAgent },
  { route: `POST ${id}/resolve`, body: {}, outcomes: asAgent },
  { route: `POST ${id}/no-reply-needed`, body: {}, outcomes: asAgent },
  { route: `POST ${id}/reopen`, body: { reason: 'まだ直りません。' },
    outcomes: 'a f h h | a a a f h f f h h | a a h | a a a | f f f | n n' },
  { route: `POST ${id}/withdraw`, body: {},
    outcomes: 'a f h h | f f f f f f f f f | a a h | a a a | f f f | n n' },
  { route: `POST ${id}/close`, body: {},
    outcomes: 'a f h h | f f f f f f f f f | a a h | a a a | f f f | n n' },
  { route: `POST ${id}/rating`, body: { score: 5 },
    outcomes: 'a f h h | f f f f f f f f f | f a h | f a f | f f f | n n' },
  { route: `POST ${id}/merge`, body: { into: '{another}' }, outcomes: asOffice },
  { route: `PATCH ${id}`, body: { priority: 'low' }, outcomes: asOffice },
  { route: `POST ${id}/unmaskings`, body: { of: 'requester', kinds: ['phone'], reason: '折り返し' },
    outcomes: 'f f f f | a a a f h f f h h | f f f | f f f | f f f | n n' },
  { route: `POST ${id}/unmaskings/{unmasking}/settle`, params: { unmasking: 'none' }, body: { outcome: 'granted' },
    outcomes: asOffice },
  // There was no call; a vendor that only once had the inquiry is not told even that.
  { route: 'POST /v1/escalations/{escalation}/acknowledge', body: {},
    outcomes: 'f f f f | a a a h h h h h h | a a h | a a a | f f f | n n' },
  { route: 'POST /v1/quarantine/{id}/release', body: {},
    outcomes: 'f f f f | f f f f f f f f f | f f f | a a a | f f f | n n' },
  { route: 'POST /v1/quarantine/{id}/discard', body: {},
    outcomes: 'f f f f | f f f f f f f f f | f f f | a a a | f f f | n n' },
  // Who may read lists gets an empty one where there is nothing for them.
  { route: 'GET /v1/inquiries', asking: 'by number', query: 'number={number}',
    outcomes: 'a a h h | a a a s h s s h h | a a h | a a a | f f f | n n' },
];

// own other other-vendor internal unknown | requester | own other unknown | lead | system vendor’s | left unregistered
// biome-ignore format: a table is read by its columns
export const deskRows: readonly AccessRow[] = [
  { route: 'POST /v1/desks/{desk}/claims', body: {}, outcomes: 'a h h h h | f | a f h | f | f f | n n' },
  { route: 'GET /v1/desks/{desk}/worklist', outcomes: 'a h h h h | f | a a h | a | f f | n n' },
  { route: 'GET /v1/inquiries', asking: 'of a desk', query: 'desk={desk}', outcomes: 'a h h h h | f | a a h | a | f f | n n' },
];

const call = {
  caller: { phone: '03-0000-0000' },
  startedAt: '2026-11-24T09:00:00+09:00',
  endedAt: '2026-11-24T09:01:00+09:00',
  summary: '問い合わせ',
};
const person = { name: '新人', role: 'requester' };

// requester operator staff lead system vendor’s-system | left unregistered
// biome-ignore format: a table is read by its columns
export const otherRows: readonly AccessRow[] = [
  { route: 'GET /v1/inquiries', asking: 'own', query: 'requester=me', outcomes: 'a f a a f f | n n' },
  { route: 'GET /v1/inquiries', asking: 'held', query: 'agent=me', outcomes: 'f a a a f f | n n' },
  { route: 'GET /v1/inquiries', asking: 'held by another', query: 'agent=demo-staff-2', outcomes: 'f f a a f f | n n' },
  { route: 'GET /v1/inquiries', asking: 'all open', query: 'status=open', outcomes: 'f f a a f f | n n' },
  { route: 'POST /v1/inquiries', body: { form: 'general', fields: {} }, outcomes: 'i f i i i h | n n' },
  { route: 'GET /v1/forms', outcomes: 'a f a a a a | n n' },
  { route: 'GET /v1/forms/{form}', params: { form: 'general' }, outcomes: 'a f a a a h | n n' },
  { route: 'POST /v1/uploads', body: { name: 'a.png', type: 'image/png', size: 10 }, outcomes: 'a a a a f f | n n' },
  { route: 'POST /v1/phone-logs', body: call, outcomes: 'f i i i f f | n n' },
  { route: 'POST /v1/phone-logs/import', csv: '', outcomes: 'f a a a f f | n n' },
  { route: 'GET /v1/quarantine', outcomes: 'f f f a f f | n n' },
  { route: 'GET /v1/intake/receipts', outcomes: 'f f f a f f | n n' },
  { route: 'GET /v1/desks', outcomes: 'f a a a f f | n n' },
  { route: 'GET /v1/agents', outcomes: 'f f a a f f | n n' },
  { route: 'PUT /v1/agents/me/presence', body: { presence: 'present' }, outcomes: 'f a a a f f | n n' },
  { route: 'GET /v1/agents/{agent}/absences', asking: 'own', params: { agent: 'me' }, outcomes: 'f f a a f f | n n' },
  { route: 'GET /v1/agents/{agent}/absences', asking: 'of another', params: { agent: 'demo-staff-2' }, outcomes: 'f f f a f f | n n' },
  { route: 'PUT /v1/agents/{agent}/absences', asking: 'own', params: { agent: 'me' }, body: { absences: [] }, outcomes: 'f f a a f f | n n' },
  { route: 'PUT /v1/agents/{agent}/absences', asking: 'of another', params: { agent: 'demo-staff-2' }, body: { absences: [] }, outcomes: 'f f f a f f | n n' },
  { route: 'POST /v1/agents/{agent}/offboard', params: { agent: 'demo-staff-2' }, body: { heir: '' }, outcomes: 'f f f i f f | n n' },
  { route: 'GET /v1/agents/{agent}/handover', params: { agent: 'demo-staff-2' }, outcomes: 'f f f a f f | n n' },
  { route: 'GET /v1/people', query: 'role=staff', outcomes: 'f f f a f f | n n' },
  { route: 'PUT /v1/people/{address}', params: { address: 'new@toritsugi.example' }, body: person, outcomes: 'f f f a f f | n n' },
  { route: 'POST /v1/people/{address}/erase', params: { address: 'new@toritsugi.example' }, body: { mode: 'forget' }, outcomes: 'f f f i f f | n n' },
  { route: 'POST /v1/people/import', csv: '', outcomes: 'f f f a f f | n n' },
  { route: 'GET /v1/jobs/{id}', params: { id: '019a0000-0000-7000-8000-00000000ffff' }, outcomes: 'f h h h f f | n n' },
  { route: 'GET /v1/audit', outcomes: 'f f f a f f | n n' },
  { route: 'GET /v1/sla/breaches', outcomes: 'f f f a f f | n n' },
  { route: 'POST /v1/sla/breaches/{id}/review', params: { id: '019a0000-0000-7000-8000-00000000ffff.resolution.1' }, body: {}, outcomes: 'f f f i f f | n n' },
  { route: 'GET /v1/sla/report', query: 'month=2026-11', outcomes: 'f f f a f f | n n' },
  { route: 'POST /v1/sla/restatements', body: {}, outcomes: 'f f f i f f | n n' },
  ...(['calendars', 'policies', 'routing', 'desks'].flatMap((kind) => [
    { route: `GET /v1/config/${kind}`, outcomes: 'f f f a f f | n n' },
    { route: `PUT /v1/config/${kind}`, body: {}, outcomes: 'f f f i f f | n n' },
  ])),
  ...(['routing', 'desks'].flatMap((kind) => [
    { route: `GET /v1/config/${kind}/diff`, query: 'from=0&to=0', outcomes: 'f f f a f f | n n' },
    { route: `POST /v1/config/${kind}/restore`, body: {}, outcomes: 'f f f i f f | n n' },
  ])),
  { route: 'POST /v1/routing/simulate', body: {}, outcomes: 'f f f i f f | n n' },
  { route: 'GET /v1/routing/simulations/{job}', params: { job: '019a0000-0000-7000-8000-00000000ffff' }, outcomes: 'f f f h f f | n n' },
  { route: 'GET /v1/config/desks/vendors/{vendor}/keys/{key}', params: { vendor: 'vendor-a', key: 'none' }, outcomes: 'f f f a f f | n n' },
  { route: 'GET /v1/config/policies/webhooks/{webhook}', params: { webhook: 'none' }, outcomes: 'f f f a f f | n n' },
];

const ofVendor = '/v1/vendors/{vendor}/inquiries/{id}';
/** No claim has this fence, so an allowed command does nothing. */
const fence = 99;
const asSystem = 'a a f f h h h | u u u u';

// own: waits held | former closed quar | other-vendor none | another's-key retired token nothing
// biome-ignore format: a table is read by its columns
export const systemInquiryRows: readonly AccessRow[] = [
  { route: `GET ${ofVendor}`, outcomes: 'a a s s h h h | u u u u' },
  { route: `GET ${ofVendor}/messages`, outcomes: asSystem },
  { route: `POST ${ofVendor}/messages`, body: { kind: 'internal', text: '…', fence }, outcomes: asSystem },
  { route: `POST ${ofVendor}/heartbeat`, body: { fence }, outcomes: asSystem },
  { route: `POST ${ofVendor}/release`, body: { fence }, outcomes: asSystem },
  { route: `POST ${ofVendor}/transfer`, body: { desk: 'staff', fence }, outcomes: asSystem },
  { route: `POST ${ofVendor}/wait`, body: { fence }, outcomes: asSystem },
  { route: `POST ${ofVendor}/resume`, body: { fence }, outcomes: asSystem },
  { route: `POST ${ofVendor}/resolve`, body: { fence }, outcomes: asSystem },
  // Comes last, since it takes what waits.
  { route: `POST ${ofVendor}/claim`, body: {}, outcomes: asSystem },
];

// biome-ignore format: a table is read by its columns
export const systemDeskRows: readonly AccessRow[] = [
  { route: 'POST /v1/vendors/{vendor}/desks/{desk}/claims', body: {}, outcomes: 'a h h h | u u u u' },
];

/** For anybody: they show an inquiry only to who has its link. */
export const publicRows: readonly AccessRow[] = [
  { route: 'GET /health', outcomes: 'a' },
  { route: 'GET /docs', outcomes: 'a' },
  { route: 'GET /openapi.json', outcomes: 'a' },
  { route: 'GET /status/{token}', params: { token: 'made-up' }, outcomes: 'h' },
  { route: 'POST /status/{token}/reopen', params: { token: 'made-up' }, outcomes: 'h' },
  { route: 'GET /escalations/{token}', params: { token: 'made-up' }, outcomes: 'h' },
  { route: 'POST /escalations/{token}', params: { token: 'made-up' }, outcomes: 'h' },
];
