import * as z from 'zod';

const BilingualName = z.strictObject({ ja: z.string().min(1), en: z.string().min(1) });

const DeskContext = z
  .strictObject({
    id: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/),
    kind: z.enum(['internal', 'outsourced']),
    /** `push` assigns by policy; `pull` waits for its operators to claim. */
    mode: z.enum(['push', 'pull']),
    vendor: z.string().min(1).optional(),
    /** The vendor's AWS account, which may send answers to a queue and read that of a pull desk. */
    vendorAccount: z
      .string()
      .regex(/^\d{12}$/)
      .optional(),
    name: BilingualName,
    claimSeconds: z.int().optional(),
    leaseSeconds: z.int().optional(),
    offerSeconds: z.int().optional(),
    /** `hold` holds inquiries back until the desk opens. */
    whenClosed: z.enum(['queue', 'hold']).optional(),
  })
  .refine((desk) => (desk.kind === 'outsourced') === (desk.vendor !== undefined), {
    error: 'an outsourced desk, and no other, names its vendor',
  })
  .refine((desk) => desk.vendor !== undefined || desk.vendorAccount === undefined, {
    error: 'only an outsourced desk names the account of its vendor',
  });
type DeskContext = z.infer<typeof DeskContext>;

const defaultDesks: DeskContext[] = [
  {
    id: 'staff',
    kind: 'internal',
    mode: 'push',
    name: { ja: '社内ITサポート', en: 'Internal IT support' },
  },
  {
    id: 'bpo',
    kind: 'outsourced',
    mode: 'pull',
    vendor: 'vendor-a',
    name: { ja: '委託デスクA', en: 'Outsourced desk A' },
  },
  {
    id: 'bpo-b',
    kind: 'outsourced',
    mode: 'pull',
    vendor: 'vendor-b',
    name: { ja: '委託デスクB', en: 'Outsourced desk B' },
  },
];

/** A host name would be what the owner of an address writes into its PTR record. */
const RelayAddress = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: 'a relay is an IP address or a range such as 192.0.2.0/24; a host name proves nothing',
});

/** What intake does with mail that the verdicts leave open; its functions hold the defaults. */
export const MailPolicyContext = z.strictObject({
  onGray: z.enum(['accept', 'quarantine']).optional(),
  onOwnDomainGray: z.enum(['accept', 'quarantine']).optional(),
  onProcessingFailed: z.enum(['accept', 'quarantine']).optional(),
  /** Domains besides the mail domain whose people belong to the company. */
  ownDomains: z.array(z.hostname()).optional(),
  /** Gateways through which the company's own mail comes. */
  internalRelays: z.array(RelayAddress).optional(),
  externalSenders: z.enum(['accept', 'quarantine', 'listed']).optional(),
  listedDomains: z.array(z.hostname()).optional(),
  /** Groups and forwarders in front of the help addresses. */
  groups: z.array(z.string().min(1)).optional(),
  automatedFirstContact: z.enum(['open', 'quarantine']).optional(),
});

/** Names that Cognito keeps for itself and for social providers. */
const reservedProviders = ['COGNITO', 'Google', 'Facebook', 'LoginWithAmazon', 'SignInWithApple'];
/** Issuers at which people of any company, or of none, sign in. */
const openIssuer = /^https:\/\/login\.microsoftonline\.com\/(common|organizations|consumers)(\/|$)/;

const providerDefaults = {
  /** What people choose it by on the sign-in page; Cognito allows 3 to 32 characters. */
  name: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{2,31}$/)
    .refine((name) => !reservedProviders.includes(name), { error: 'Cognito reserves this name' }),
  /** What the provider calls an address and a name, where that is not the usual. */
  attributes: z
    .strictObject({ email: z.string().min(1).optional(), name: z.string().min(1).optional() })
    .default({}),
};

/**
 * A directory by which the company signs in. `trustEmail` takes its addresses for verified, since it
 * alone gives them to people; that is so of the company's own tenant only.
 */
const CompanyDirectory = z.discriminatedUnion('kind', [
  z.strictObject({
    ...providerDefaults,
    kind: z.literal('saml'),
    metadataUrl: z.url({ protocol: /^https$/ }),
    /** SAML has no word for a verified address, so that without this nobody would be let in. */
    trustEmail: z.literal(true),
  }),
  z
    .strictObject({
      ...providerDefaults,
      kind: z.literal('oidc'),
      issuer: z.url({ protocol: /^https$/ }).refine((issuer) => !openIssuer.test(issuer), {
        error: 'name the tenant: anybody can claim any address at this issuer',
      }),
      clientId: z.string().min(1),
      /** The secret in Secrets Manager that holds the client's secret as plain text. */
      clientSecretName: z.string().regex(/^[\w/+=.@-]{1,512}$/),
      trustEmail: z.boolean().default(false),
    })
    .refine(({ issuer, trustEmail }) => !(trustEmail && /accounts\.google\.com/.test(issuer)), {
      error: 'Google itself says which addresses are verified',
      path: ['trustEmail'],
    }),
]);
export type CompanyDirectory = z.infer<typeof CompanyDirectory>;

const SignInContext = z
  .strictObject({
    federation: z.array(CompanyDirectory).max(10).default([]),
    /** Whether the user pool has accounts of its own, with passwords and a second factor. */
    passwords: z.boolean().default(true),
  })
  .refine(({ federation, passwords }) => passwords || federation.length > 0, {
    error: 'without passwords people need a directory to sign in by',
  })
  .refine(
    ({ federation }) => new Set(federation.map(({ name }) => name)).size === federation.length,
    {
      error: 'two directories share a name',
    },
  );
export type SignInContext = z.infer<typeof SignInContext>;

const tableName = z.string().regex(/^[\w.-]{3,255}$/);
const bucketName = z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/);

/**
 * What a stage uses in place of its own table and buckets, which stay as they are: a table that was
 * restored, or imported into, and buckets likewise. They have the same keys, indexes and settings.
 */
const RestoredContext = z
  .strictObject({
    table: z
      .strictObject({ name: tableName, streamArn: z.string().startsWith('arn:') })
      .refine(({ name, streamArn }) => streamArn.includes(`:table/${name}/stream/`), {
        error: 'the stream is not one of the table',
      })
      .optional(),
    mailBucket: bucketName.optional(),
    contentBucket: bucketName.optional(),
  })
  .default({});
export type RestoredContext = z.infer<typeof RestoredContext>;

/**
 * The metadata by which a table or bucket names what is used in its place. The local host reads it,
 * since a restored resource is in no template, and makes another of the same settings.
 */
export const restoredAs = 'toritsugi:restored-as';

/** Lambda allows 4 KB for all variables of a function; the rest is for names and addresses. */
const describedBytes = 2_900;
const queueUrlBytes = 130;
/** For the ARN of an answers queue and its desk. */
const answersBytes = 150;

const RouteThrottle = z.strictObject({ rate: z.int().min(1), burst: z.int().min(1) });

/** What differs between the stages, as `cdk.json` gives it under `stages.<name>`. */
export const StageContext = z
  .strictObject({
    mailDomain: z.hostname(),
    /** Answers are sent from the first. */
    helpAddresses: z.array(z.email()).min(1).max(100),
    /** Origins of the web pages: for CORS and sign-in callbacks. */
    webOrigins: z.array(z.url()).min(1),
    /**
     * Whoever first signs in with this verified address becomes lead, once. Another address named
     * later makes another lead.
     */
    firstLead: z.email().optional(),
    signIn: SignInContext.prefault({}),
    alarmRecipients: z.array(z.email()).default([]),
    /** Keeps the data when the stack goes, guards it against deletion and gives it its own key. */
    production: z.boolean(),
    retention: z.strictObject({
      rawMailDays: z.int().min(1),
      logDays: z.union([
        z.literal(1),
        z.literal(7),
        z.literal(30),
        z.literal(90),
        z.literal(180),
        z.literal(365),
      ]),
      /**
       * How long an inquiry is kept after it was closed. The last replies that reopen one, and the
       * reports of the month before, come within a few weeks; ten years are the longest any law asks.
       */
      closedInquiryDays: z.int().min(30).max(3_650),
    }),
    /**
     * Requests per second over the whole API, and for each route that is open without a token;
     * beyond it the gateway answers 429.
     */
    throttle: z
      .strictObject({ ...RouteThrottle.shape, open: RouteThrottle })
      .default({ rate: 100, burst: 200, open: { rate: 20, burst: 40 } }),
    /**
     * Runs set aside for each function whose callers wait for work, and their limit: operators who
     * wait then cannot keep mail, events and alarms from running. The account must be left with 100.
     */
    claimConcurrency: z.int().min(1).optional(),
    desks: z.array(DeskContext).min(1).default(defaultDesks),
    mailPolicy: MailPolicyContext.default({}),
    /** The address people reach the API by; the gateway's own when absent. No slash at the end. */
    publicUrl: z.url().regex(/[^/]$/).optional(),
    /**
     * Origins, such as `http://127.0.0.1:4000`, that webhooks may reach besides public https ones: a
     * relay of the company's own, or a receiver on the same machine.
     */
    webhookExceptions: z
      .array(z.url({ protocol: /^https?$/ }))
      .max(10)
      .default([]),
    restored: RestoredContext,
    /** Where the articles on alarms are found. */
    runbook: z.string().min(1).default('docs/runbook.md'),
  })
  .refine((stage) => new Set(stage.desks.map((desk) => desk.id)).size === stage.desks.length, {
    error: 'two desks share an id',
  })
  .refine(
    (stage) => stage.helpAddresses.every((address) => address.endsWith(`@${stage.mailDomain}`)),
    { error: 'every help address is in the mail domain' },
  )
  .refine(
    ({ desks, mailPolicy }) =>
      byteLengthOf(desks) +
        desks.length * queueUrlBytes +
        desks.filter(({ vendorAccount }) => vendorAccount !== undefined).length * answersBytes +
        byteLengthOf(mailPolicy) <=
      describedBytes,
    { error: 'desks and mail policy are more than the variables of a function hold' },
  );
export type StageContext = z.infer<typeof StageContext>;

function byteLengthOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
