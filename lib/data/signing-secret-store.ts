import { Validations } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { EntryFunction } from '../entry-function.ts';

/** The keys that sign reply addresses, status links and cursors. */
export class SigningSecretStore extends Construct {
  readonly secretArn: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const secret = new Secret(this, 'Secret', {
      description: 'Keys that sign reply addresses, status links and list cursors',
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: 'current',
        passwordLength: 64,
        excludePunctuation: true,
      },
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'A rotation that replaced the key would break reply addresses and status links already sent; the runbook adds a key beside the old one instead.',
    });
    this.secretArn = secret.secretArn;
  }

  grantUse(fn: EntryFunction): void {
    fn.allow(['secretsmanager:GetSecretValue'], [this.secretArn]);
  }
}
