import type { Json } from '../../core/json.ts';
import { FRONT } from '../../handlers/aws/http/client-of.ts';
import { physicalName } from './names.ts';
import type { FunctionPlan, HttpPlan, ManagePlan } from './plan.ts';
import type { Settings } from './settings.ts';
import { arnOf, pascal, ref, sub, type Template } from './template.ts';

const RETENTION = 30;
/** Of AWS, for content that nobody keeps and for requests that arrive whole but for their host, by which API Gateway finds the API. */
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const ALL_BUT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';
const FRONT_KEY_ID = 'FrontKey';
const VIEWER_ID = 'Viewer';
/** The value of the secret that CloudFront sends along, which CloudFormation puts in. */
export const FRONT_KEY_VALUE = sub(`{{resolve:secretsmanager:\${${FRONT_KEY_ID}}}}`);

/**
 * What stands before the functions that answer requests: for each an HTTP API at the root of a host, as pages and signed URLs want,
 * and, with a firewall, CloudFront. An HTTP API cannot have a firewall of its own.
 *
 * https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html
 */
export function addFronts(plans: readonly FunctionPlan[], settings: Settings, template: Template): void {
  const fronts = plans.filter((plan) => plan.kind === 'http');
  for (const plan of fronts) addApi(plan, settings, template);
  for (const plan of plans)
    for (const front of fronts)
      if (plan.kind === 'manage' && plan.app === front.app) addManagement(plan, front, template);
  if (!hasFirewall(settings) || fronts.length === 0) return;
  template.add(FRONT_KEY_ID, {
    Type: 'AWS::SecretsManager::Secret',
    Properties: {
      Description: 'Proves to functions that a request came through CloudFront',
      GenerateSecretString: { PasswordLength: 43, ExcludePunctuation: true },
    },
  });
  template.add(VIEWER_ID, {
    Type: 'AWS::CloudFront::Function',
    Properties: {
      Name: `${settings.service}-${settings.stage}-viewer`,
      AutoPublish: true,
      FunctionConfig: { Comment: 'Says who asks', Runtime: 'cloudfront-js-2.0' },
      FunctionCode: VIEWER,
    },
  });
  template.add('Firewall', {
    Type: 'AWS::WAFv2::WebACL',
    Properties: {
      Scope: 'CLOUDFRONT',
      DefaultAction: { Allow: {} },
      VisibilityConfig: visible(`${settings.service}-${settings.stage}`),
      Rules: [
        {
          Name: 'rate',
          Priority: 0,
          Action: { Block: { CustomResponse: { ResponseCode: 429 } } },
          Statement: { RateBasedStatement: { AggregateKeyType: 'IP', Limit: settings.requestsPerAddress } },
          VisibilityConfig: visible(`${settings.service}-${settings.stage}-rate`),
        },
      ],
    },
  });
  for (const plan of fronts) addDistribution(plan, template);
}

export function hasFirewall({ requestsPerAddress }: Settings): boolean {
  return requestsPerAddress !== 0;
}

/**
 * The policy that leaves out the host leaves out `CloudFront-Viewer-Address` too, and with the host API Gateway does not find the API.
 *
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
 */
const VIEWER = `function handler(event) {
  event.request.headers['${FRONT.viewer}'] = { value: event.viewer.ip };
  return event.request;
}`;

function apiId({ key }: HttpPlan): string {
  return `${pascal(key)}Api`;
}

function addApi(plan: HttpPlan, settings: Settings, template: Template): void {
  const id = apiId(plan);
  template.add(id, {
    Type: 'AWS::ApiGatewayV2::Api',
    Properties: { Name: physicalName(settings, plan.app.name, 128), ProtocolType: 'HTTP' },
  });
  addRoutes(id, plan, { api: id, routes: { Route: '$default' }, from: '*/$default' }, template);
  template.add(`${id}Logs`, {
    Type: 'AWS::Logs::LogGroup',
    Properties: {
      LogGroupName: `/aws/vendedlogs/http/${physicalName(settings, plan.app.name, 128)}`,
      RetentionInDays: RETENTION,
    },
  });
  template.add(`${id}Stage`, {
    Type: 'AWS::ApiGatewayV2::Stage',
    Properties: {
      ApiId: ref(id),
      StageName: '$default',
      AutoDeploy: true,
      AccessLogSettings: { DestinationArn: arnOf(`${id}Logs`), Format: ACCESS_LOG },
      DefaultRouteSettings: {
        DetailedMetricsEnabled: true,
        ThrottlingRateLimit: settings.throttle.rate,
        ThrottlingBurstLimit: settings.throttle.burst,
      },
    },
  });
}

/** What management of buckets and queues is found at, see core/http; these are nobody's else. */
const MANAGEMENT = {
  BucketsRoute: 'ANY /buckets/{proxy+}',
  QueuesRoute: 'ANY /queues',
  QueueRoute: 'ANY /queues/{proxy+}',
} as const;

function addManagement(plan: ManagePlan, front: HttpPlan, template: Template): void {
  const part = { api: apiId(front), routes: MANAGEMENT, from: '*' };
  addRoutes(`${pascal(plan.key)}Api`, plan, part, template);
}

interface Routed {
  readonly api: string;
  /** Keys, by the ends of their logical ids. */
  readonly routes: Readonly<Record<string, string>>;
  /** Stage and route that the function may be called from; a `*` is anything. */
  readonly from: string;
}

/**
 * Has an API hand the requests of some routes to a function.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 *
 * @param id what the logical ids begin with.
 */
function addRoutes(id: string, { key }: FunctionPlan, { api, routes, from }: Routed, template: Template): void {
  const lambda = `${pascal(key)}LambdaFunction`;
  template.add(`${id}Integration`, {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: ref(api),
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: arnOf(lambda),
      PayloadFormatVersion: '2.0',
    },
  });
  for (const [end, RouteKey] of Object.entries(routes))
    template.add(`${id}${end}`, {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: { ApiId: ref(api), RouteKey, Target: sub(`integrations/\${${id}Integration}`) },
    });
  template.add(`${id}Permission`, {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: arnOf(lambda),
      Principal: 'apigateway.amazonaws.com',
      SourceArn: sub(`arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${${api}}/${from}`),
    },
  });
}

/** Without the query, which may have a signature in it. */
const ACCESS_LOG = JSON.stringify({
  request: '$context.requestId',
  time: '$context.requestTime',
  address: '$context.identity.sourceIp',
  method: '$context.httpMethod',
  path: '$context.path',
  status: '$context.status',
  milliseconds: '$context.responseLatency',
});

/** https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionConfig.html */
const LONGEST_COMMENT = 128;

function addDistribution(plan: HttpPlan, template: Template): void {
  const api = apiId(plan);
  template.add(`${pascal(plan.app.name)}Distribution`, {
    Type: 'AWS::CloudFront::Distribution',
    Properties: {
      DistributionConfig: {
        Comment: [...plan.app.title].slice(0, LONGEST_COMMENT).join(''),
        Enabled: true,
        HttpVersion: 'http2and3',
        PriceClass: 'PriceClass_100',
        WebACLId: arnOf('Firewall'),
        Origins: [
          {
            Id: 'api',
            DomainName: sub(`\${${api}}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}`),
            CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] },
            OriginCustomHeaders: [{ HeaderName: FRONT.key, HeaderValue: FRONT_KEY_VALUE }],
          },
        ],
        DefaultCacheBehavior: {
          TargetOriginId: 'api',
          ViewerProtocolPolicy: 'redirect-to-https',
          AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'],
          Compress: true,
          CachePolicyId: CACHING_DISABLED,
          OriginRequestPolicyId: ALL_BUT_HOST,
          FunctionAssociations: [
            { EventType: 'viewer-request', FunctionARN: { 'Fn::GetAtt': [VIEWER_ID, 'FunctionMetadata.FunctionARN'] } },
          ],
        },
      },
    },
  });
}

function visible(MetricName: string): Json {
  return { CloudWatchMetricsEnabled: true, MetricName, SampledRequestsEnabled: false };
}

/** The addresses of the apps, as outputs of the stack. */
export function frontOutputs(plans: readonly FunctionPlan[], settings: Settings): Record<string, Json> {
  const fronts = plans.filter((plan) => plan.kind === 'http');
  return Object.fromEntries(fronts.map((plan) => [`${pascal(plan.app.name)}Url`, { Value: originOf(plan, settings) }]));
}

/** Where browsers find an app: scheme and host. */
export function originOf(plan: HttpPlan, settings: Settings): Json {
  return hasFirewall(settings)
    ? sub(`https://\${${pascal(plan.app.name)}Distribution.DomainName}`)
    : sub(`https://\${${apiId(plan)}}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}`);
}
