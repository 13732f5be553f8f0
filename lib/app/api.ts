import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  type CfnRoute,
  type CfnStage,
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  type HttpRoute,
  type HttpRouteIntegrationBindOptions,
  type HttpRouteIntegrationConfig,
  HttpStage,
  IntegrationCredentials,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUserPoolAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import {
  type CfnRole,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { LedgerTable } from '../data/ledger-table.ts';
import type { UserDirectory } from '../data/user-directory.ts';
import type { EntryFunction } from '../entry-function.ts';
import type { Watch } from '../watch/watch.ts';

export type ApiRouteKey = `${'GET' | 'POST' | 'PUT' | 'PATCH'} /${string}`;

/** Requests per second, and how many at once. */
interface RouteThrottle {
  readonly rate: number;
  readonly burst: number;
}

export interface ApiProps {
  readonly identity: UserDirectory;
  readonly ledger: LedgerTable;
  readonly webOrigins: readonly string[];
  /** Over the whole API, and for each route that is open without a token. */
  readonly throttle: RouteThrottle & { readonly open: RouteThrottle };
  readonly logRetention: RetentionDays;
  readonly publicUrl: string | undefined;
  readonly watch: Watch;
}

/** The HTTP API: every route requires a token of the user pool unless it is public. */
export class Api extends Construct {
  /** The base of links in mail; no slash at the end. */
  readonly url: string;
  readonly http: HttpApi;
  readonly #ledger: LedgerTable;
  readonly #stage: HttpStage;
  readonly #role: Role;
  readonly #integrations = new Map<EntryFunction, HttpLambdaIntegration>();
  readonly #invocations = new PolicyStatement({ actions: ['lambda:InvokeFunction'] });
  readonly #openThrottle: RouteThrottle;

  constructor(scope: Construct, id: string, props: ApiProps) {
    super(scope, id);
    this.#ledger = props.ledger;
    this.#openThrottle = props.throttle.open;
    this.#role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      inlinePolicies: { Rights: new PolicyDocument({ statements: [this.#invocations] }) },
    });
    (this.#role.node.defaultChild as CfnRole).addMetadata('toritsugi:holder', 'api');
    this.http = new HttpApi(this, 'Http', {
      createDefaultStage: false,
      defaultAuthorizer: new HttpUserPoolAuthorizer('People', props.identity.pool, {
        userPoolClients: [props.identity.client],
      }),
      corsPreflight: {
        allowOrigins: [...props.webOrigins],
        allowMethods: [
          CorsHttpMethod.GET,
          CorsHttpMethod.POST,
          CorsHttpMethod.PUT,
          CorsHttpMethod.PATCH,
        ],
        allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match'],
        exposeHeaders: ['etag', 'link', 'location', 'retry-after'],
        maxAge: Duration.hours(1),
      },
    });
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.#stage = new HttpStage(this, 'Stage', {
      httpApi: this.http,
      autoDeploy: true,
      throttle: { rateLimit: props.throttle.rate, burstLimit: props.throttle.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLog),
        // The route, never the path: a path may hold a status link's token or an address.
        format: AccessLogFormat.custom(
          JSON.stringify({
            requestId: '$context.requestId',
            at: '$context.requestTime',
            route: '$context.routeKey',
            status: '$context.status',
            bytes: '$context.responseLength',
            milliseconds: '$context.responseLatency',
            // Not messageString, which is quoted already and would break the line's JSON.
            error: '$context.error.message',
            authorizer: '$context.authorizer.error',
          }),
        ),
      },
    });
    this.url = props.publicUrl ?? this.http.apiEndpoint;
    const of = (metricName: string, statistic: string) =>
      new Metric({
        namespace: 'AWS/ApiGateway',
        metricName,
        dimensionsMap: { ApiId: this.http.apiId },
        statistic,
        period: Duration.minutes(5),
      });
    props.watch.addAlarm('api-failing', { metric: of('5xx', Stats.SUM), above: 5 });
    props.watch.addGraph(
      'API: requests and errors',
      of('Count', Stats.SAMPLE_COUNT),
      of('4xx', Stats.SUM),
      of('5xx', Stats.SUM),
    );
  }

  /** Routes requests with a token to a function; what callers do is audited. */
  addTokenRoutes(fn: EntryFunction, ...routes: readonly ApiRouteKey[]): void {
    this.#ledger.grantAudit(fn);
    this.#addRoutes(fn, routes, {});
  }

  /** Routes signed requests to a function that checks them; what callers do is audited. */
  addSignedRoutes(fn: EntryFunction, reason: string, ...routes: readonly ApiRouteKey[]): void {
    this.#ledger.grantAudit(fn);
    this.addPublicRoutes(fn, reason, ...routes);
  }

  /** Routes requests to a function without any authentication. */
  addPublicRoutes(fn: EntryFunction, reason: string, ...routes: readonly ApiRouteKey[]): void {
    const addedRoutes = this.#addRoutes(fn, routes, { authorizer: new HttpNoneAuthorizer() });
    for (const route of addedRoutes) {
      Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason });
      this.#throttleOpenRoute(route);
    }
  }

  /** Limits a route by itself, so that strangers cannot use up what the whole API may take. */
  #throttleOpenRoute(route: HttpRoute): void {
    const stage = this.#stage.node.defaultChild as CfnStage;
    const resource = route.node.defaultChild as CfnRoute;
    const { rate, burst } = this.#openThrottle;
    stage.routeSettings = {
      ...stage.routeSettings,
      [resource.routeKey]: { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst },
    };
    // The gateway refuses settings of a route that is not there yet.
    stage.addResourceDependency(resource);
  }

  #integrate(fn: EntryFunction): HttpLambdaIntegration {
    const known = this.#integrations.get(fn);
    if (known !== undefined) return known;
    this.#invocations.addResources(fn.lambda.functionArn);
    const integration = new RoleIntegration(fn, this.#role);
    this.#integrations.set(fn, integration);
    return integration;
  }

  #addRoutes(
    fn: EntryFunction,
    routes: readonly ApiRouteKey[],
    options: { readonly authorizer?: HttpNoneAuthorizer },
  ) {
    const integration = this.#integrate(fn);
    return routes.flatMap((route) => {
      const [method, path] = route.split(' ') as [keyof typeof HttpMethod, string];
      return this.http.addRoutes({ path, methods: [HttpMethod[method]], integration, ...options });
    });
  }
}

/** Invokes a function by the gateway's own role, where each would else need a permission. */
class RoleIntegration extends HttpLambdaIntegration {
  readonly #role: Role;

  constructor(fn: EntryFunction, role: Role) {
    super(fn.useCase, fn.lambda);
    this.#role = role;
  }

  protected override completeBind(): void {}

  override bind(options: HttpRouteIntegrationBindOptions): HttpRouteIntegrationConfig {
    return { ...super.bind(options), credentials: IntegrationCredentials.fromRole(this.#role) };
  }
}
