import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

/** Holds an app to AWS's rules for solutions: its synthesis fails on a finding that nobody gave reasons for. */
export function addSecurityChecks(app: App): App {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}
