import { CfnOutput } from 'aws-cdk-lib';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { EmailIdentity, Identity } from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import { type NamedStage, StageStack } from '../stage-stack.ts';
import type { Watch } from '../watch/watch.ts';
import { makeEncryptionKey } from './encryption-key.ts';
import { LedgerTable } from './ledger-table.ts';
import { ObjectStore } from './object-store.ts';
import { SigningSecretStore } from './signing-secret-store.ts';
import { UserDirectory } from './user-directory.ts';

/** What a stage keeps, whatever becomes of the functions: it is deployed first and goes last. */
export class DataStack extends StageStack {
  readonly key: Key | undefined;
  readonly ledger: LedgerTable;
  readonly store: ObjectStore;
  readonly signing: SigningSecretStore;
  readonly identity: UserDirectory;
  readonly mailIdentity: EmailIdentity;

  constructor(scope: Construct, stage: NamedStage, watch: Watch) {
    super(scope, stage, 'data', 'inquiries, mail, attachments, accounts and keys');
    const { production, webOrigins } = stage;
    this.key = production ? makeEncryptionKey(this) : undefined;
    this.ledger = new LedgerTable(this, 'Ledger', {
      ...{ production, key: this.key, watch },
      restored: stage.restored.table,
    });
    this.store = new ObjectStore(this, 'Store', {
      production,
      rawMailDays: stage.retention.rawMailDays,
      webOrigins,
      key: this.key,
      restored: stage.restored,
    });
    this.signing = new SigningSecretStore(this, 'Signing');
    this.identity = new UserDirectory(this, 'Identity', {
      stage: stage.name,
      production,
      webOrigins,
      signIn: stage.signIn,
      ownDomains: [stage.mailDomain, ...(stage.mailPolicy.ownDomains ?? [])],
      firstLead: stage.firstLead,
      ledger: this.ledger,
      logRetention: stage.retention.logDays,
    });
    this.mailIdentity = new EmailIdentity(this, 'MailIdentity', {
      identity: Identity.domain(stage.mailDomain),
      // Bounces arrive as events; forwarded to the help address they would become inquiries.
      feedbackForwarding: false,
    });
    for (const [index, record] of this.mailIdentity.dkimRecords.entries()) {
      new CfnOutput(this, `Dkim${index + 1}`, {
        description: 'CNAME record that lets mail of the domain be sent',
        value: `${record.name} CNAME ${record.value}`,
      });
    }
    new CfnOutput(this, 'SignInUrl', { value: this.identity.signInUrl });
    new CfnOutput(this, 'UserPoolId', { value: this.identity.pool.userPoolId });
    new CfnOutput(this, 'WebClientId', { value: this.identity.client.userPoolClientId });
    new CfnOutput(this, 'TableName', { value: this.ledger.table.tableName });
    new CfnOutput(this, 'MailBucket', { value: this.store.mail.bucketName });
    new CfnOutput(this, 'ContentBucket', { value: this.store.content.bucketName });
  }
}
