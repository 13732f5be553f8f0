import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { LedgerTable } from '../data/ledger-table.ts';
import type { ObjectStore } from '../data/object-store.ts';
import type { SigningSecretStore } from '../data/signing-secret-store.ts';
import type { Watch } from '../watch/watch.ts';
import type { Api } from './api.ts';
import type { Schedules } from './schedules.ts';

/** Variables of the stage, each with one value for all functions. */
export interface SharedVariables {
  readonly TABLE_NAME: string;
  readonly MAIL_BUCKET: string;
  readonly CONTENT_BUCKET: string;
  readonly SIGNING_SECRET_ARN: string;
  readonly MAIL_DOMAIN: string;
  readonly HELP_ADDRESS: string;
  readonly MAIL_POLICY: string;
  readonly DESKS: string;
  readonly PUBLIC_URL: string;
  readonly WEBHOOK_EXCEPTIONS: string;
}

/** The resources on which every capability is built. */
export interface SharedResources {
  readonly ledger: LedgerTable;
  readonly store: ObjectStore;
  readonly api: Api;
  readonly schedules: Schedules;
  readonly watch: Watch;
  readonly signing: SigningSecretStore;
  readonly variables: SharedVariables;
  readonly logRetention: RetentionDays;
  /** Runs set aside for each function whose callers wait for work. */
  readonly claimConcurrency: number | undefined;
}
