/*
 * Lambda gives a function the credentials of its role in the environment, as long as the execution
 * environment lives (only SnapStart, which is not used here, fetches them over HTTP), and so does
 * the local host. In the bundles this module stands for the SDK's `credential-provider-node`, whose
 * chain of SSO, profiles, processes, STS and instance metadata is never used; hence the name.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
