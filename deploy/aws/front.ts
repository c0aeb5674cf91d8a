import type { Json } from '../../core/json.ts';
import { physicalName } from './names.ts';
import type { FunctionPlan, HttpPlan } from './plan.ts';
import type { Settings } from './settings.ts';
import { arnOf, pascal, ref, sub, type Template } from './template.ts';

const RETENTION = 30;
/** Of AWS, for content that nobody keeps and for requests that arrive whole but for their host, by which API Gateway finds the API. */
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const ALL_BUT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

/**
 * What stands before the functions that answer requests: for each an HTTP API at the root of a host, as pages and signed URLs want,
 * and, with a firewall, CloudFront. An HTTP API cannot have a firewall of its own.
 *
 * https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html
 */
export function addFronts(plans: readonly FunctionPlan[], settings: Settings, template: Template): void {
  const fronts = plans.filter((plan) => plan.kind === 'http');
  for (const plan of fronts) addApi(plan, settings, template);
  if (settings.requestsPerAddress === 0 || fronts.length === 0) return;
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

function apiId({ key }: HttpPlan): string {
  return `${pascal(key)}Api`;
}

function addApi(plan: HttpPlan, settings: Settings, template: Template): void {
  const id = apiId(plan);
  const lambda = `${pascal(plan.key)}LambdaFunction`;
  template.add(id, {
    Type: 'AWS::ApiGatewayV2::Api',
    Properties: { Name: physicalName(settings, plan.app.name, 128), ProtocolType: 'HTTP' },
  });
  template.add(`${id}Integration`, {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: ref(id),
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: arnOf(lambda),
      PayloadFormatVersion: '2.0',
    },
  });
  template.add(`${id}Route`, {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: { ApiId: ref(id), RouteKey: '$default', Target: sub(`integrations/\${${id}Integration}`) },
  });
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
  template.add(`${id}Permission`, {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: arnOf(lambda),
      Principal: 'apigateway.amazonaws.com',
      SourceArn: sub(`arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${${id}}/*/$default`),
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

function addDistribution(plan: HttpPlan, template: Template): void {
  const api = apiId(plan);
  template.add(`${pascal(plan.app.name)}Distribution`, {
    Type: 'AWS::CloudFront::Distribution',
    Properties: {
      DistributionConfig: {
        Comment: plan.app.title,
        Enabled: true,
        HttpVersion: 'http2and3',
        PriceClass: 'PriceClass_100',
        WebACLId: arnOf('Firewall'),
        Origins: [
          {
            Id: 'api',
            DomainName: sub(`\${${api}}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}`),
            CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] },
          },
        ],
        DefaultCacheBehavior: {
          TargetOriginId: 'api',
          ViewerProtocolPolicy: 'redirect-to-https',
          AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'],
          Compress: true,
          CachePolicyId: CACHING_DISABLED,
          OriginRequestPolicyId: ALL_BUT_HOST,
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
  return Object.fromEntries(
    fronts.map((plan) => {
      const name = pascal(plan.app.name);
      const host =
        settings.requestsPerAddress === 0
          ? sub(`https://\${${apiId(plan)}}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}`)
          : sub(`https://\${${name}Distribution.DomainName}`);
      return [`${name}Url`, { Value: host }];
    }),
  );
}
