import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { EntryFunction } from '../entry-function.ts';
import type { SharedResources } from './shared-resources.ts';

/** The API's description and the health check. */
export class Docs extends Construct {
  constructor(scope: Construct, id: string, shared: SharedResources) {
    super(scope, id);
    const { api, logRetention } = shared;
    const serveDocs = new EntryFunction<Record<never, string>>(this, 'ServeDocs', {
      entry: 'functions/docs/serve-docs.lambda.ts',
      environment: {},
      logRetention,
      timeout: Duration.seconds(10),
      memory: 512,
    });
    api.addPublicRoutes(
      serveDocs,
      'The contract and the health check hold nothing about anyone; monitors and developers read them before they have a token.',
      'GET /openapi.json',
      'GET /docs',
      'GET /health',
    );
  }
}
