import { CfnOutput, Duration, RemovalPolicy, type Stack } from "aws-cdk-lib";
import { type CfnStage, CorsHttpMethod, HttpApi, HttpMethod, HttpRoute, HttpRouteKey } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Config } from "./config.ts";
import type { Data } from "./data.ts";
import type { Identity } from "./identity.ts";
import { lambda } from "./lambda.ts";
import {
  allow,
  allowMedia,
  allowMissing,
  allowProviderSettings,
  allowSend,
  allowTable,
  identityArn,
  providerSettingsPath,
} from "./permissions.ts";

/** The areas of the API: one function each, and the paths that lead to it. */
const areas = {
  auth: ["/v1/auth/{path+}", "/v1/me", "/v1/audit"],
  generations: ["/v1/models", "/v1/generations", "/v1/generations/{path+}", "/v1/budgets", "/v1/providers/{path+}", "/v1/alerts"],
  prompts: ["/v1/templates", "/v1/templates/{path+}", "/v1/experiments", "/v1/experiments/{path+}"],
  plans: ["/v1/plans", "/v1/plans/{path+}"],
  images: ["/v1/images", "/v1/images/{path+}", "/v1/folders", "/v1/folders/{path+}"],
  texts: ["/v1/texts", "/v1/images/{id}/descriptions"],
  posts: ["/v1/channels", "/v1/channels/{path+}", "/v1/posts", "/v1/posts/{path+}"],
  gallery: ["/g/{path+}"],
  webhooks: ["/v1/webhooks/{path+}", "/v1/age-checks"],
} as const;

/** HTTP API has 30 s for an answer; a function that takes longer works for nobody. */
const timeoutSeconds = 29;

/** The API itself, and the address at which people reach the product. */
export function api(stack: Stack, config: Config) {
  const gateway = new HttpApi(stack, "Http", {
    apiName: `${config.stage}-${config.app}`,
    createDefaultStage: true,
    corsPreflight: {
      allowOrigins: config.corsOrigins,
      allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST, CorsHttpMethod.PUT, CorsHttpMethod.PATCH, CorsHttpMethod.DELETE],
      allowHeaders: ["authorization", "content-type", "idempotency-key", "if-match"],
      exposeHeaders: ["etag", "location", "ratelimit", "ratelimit-policy", "retry-after", "x-request-id", "idempotency-replayed"],
      maxAge: Duration.hours(1),
    },
  });
  const accessLogs = new LogGroup(stack, "HttpAccessLogs", { retention: RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY });
  const stage = gateway.defaultStage?.node.defaultChild as CfnStage;
  stage.defaultRouteSettings = { throttlingRateLimit: 500, throttlingBurstLimit: 1000, detailedMetricsEnabled: true };
  stage.accessLogSettings = {
    destinationArn: accessLogs.logGroupArn,
    format: JSON.stringify({
      requestId: "$context.requestId",
      at: "$context.requestTime",
      ip: "$context.identity.sourceIp",
      method: "$context.httpMethod",
      route: "$context.routeKey",
      status: "$context.status",
      bytes: "$context.responseLength",
      latencyMs: "$context.responseLatency",
    }),
  };

  new CfnOutput(stack, "ApiUrl", { value: gateway.apiEndpoint });
  return { gateway, publicUrl: config.publicUrl || gateway.apiEndpoint };
}
export type Api = ReturnType<typeof api>;

/** What answers: one function for each area. */
export function http(
  stack: Stack,
  config: Config,
  data: Data,
  { pool, client }: Identity,
  { gateway, publicUrl }: Api,
  { requests }: { requests: Queue },
): void {
  const environment = {
    TABLE: data.table.tableName,
    MEDIA_BUCKET: data.media.bucketName,
    USER_POOL_ID: pool.userPoolId,
    USER_POOL_CLIENT_ID: client.userPoolClientId,
    MAIL_FROM: config.mailFrom,
    MATURE_CONTENT: config.matureContent,
    SAFETY_MODEL: config.safetyModel,
    PUBLIC_URL: publicUrl,
    PROVIDER_SETTINGS_PATH: providerSettingsPath(config),
    RENDER_QUEUE_URL: requests.queueUrl,
  };
  const area = (name: string, id: string, paths: readonly string[]): LambdaFunction => {
    const handler = lambda(stack, id, {
      entry: `packages/functions/src/http/${name}.ts`,
      memoryMb: 1024,
      timeoutSeconds,
      environment,
      localProcess: "http",
    });
    const integration = new HttpLambdaIntegration(`${id}Integration`, handler);
    for (const path of paths) gateway.addRoutes({ path, methods: [HttpMethod.ANY], integration });
    return handler;
  };

  const auth = area("auth", "HttpAuth", areas.auth);
  allowTable(auth, data, "read", "write", "query");
  allow(auth, ["cognito-idp:AdminGetUser", "cognito-idp:AdminUserGlobalSignOut"], pool.userPoolArn);
  allow(auth, ["ses:SendEmail"], identityArn(auth, config.mailFrom));

  const generations = area("generations", "HttpGenerations", areas.generations);
  allowProviderSettings(generations, config);
  allowTable(generations, data, "read", "write", "query", "byState", "batch");

  const prompts = area("prompts", "HttpPrompts", areas.prompts);
  allowProviderSettings(prompts, config);
  allowTable(prompts, data, "read", "write", "query", "batch");

  const plans = area("plans", "HttpPlans", areas.plans);
  allowProviderSettings(plans, config);
  allowTable(plans, data, "read", "write", "query", "byState", "batch");

  const images = area("images", "HttpImages", areas.images);
  allowTable(images, data, "read", "write", "query", "byState", "cards", "batch");
  allowProviderSettings(images, config);
  allowMedia(images, data, ["Get"], "images/");
  allowMedia(images, data, ["Put"], "incoming/");

  const texts = area("texts", "HttpTexts", areas.texts);
  allowProviderSettings(texts, config);
  allowTable(texts, data, "read", "write", "query");

  const posts = area("posts", "HttpPosts", areas.posts);
  allowTable(posts, data, "read", "write", "query", "byState", "batch");
  allowMedia(posts, data, ["Delete"], "public/");

  const gallery = area("gallery", "HttpGallery", areas.gallery);
  allowTable(gallery, data, "read", "query");
  allowMedia(gallery, data, ["Get"], "public/");
  allowMissing(gallery, data);

  // Anybody may call it. All that it can do is to have the worker look, and to write into an account what an age check has signed.
  const webhooks = area("webhooks", "HttpWebhooks", areas.webhooks);
  allowProviderSettings(webhooks, config);
  allowSend(webhooks, requests);
  allowTable(webhooks, data, "read", "write");

  // Everything else, so that an unknown path is a problem like any other: health, the OpenAPI document, its page, and 404.
  const rest = lambda(stack, "HttpRest", {
    entry: "packages/functions/src/http/rest.ts",
    memoryMb: 512,
    timeoutSeconds,
    environment,
    localProcess: "http",
  });
  new HttpRoute(stack, "DefaultRoute", {
    httpApi: gateway,
    routeKey: HttpRouteKey.DEFAULT,
    integration: new HttpLambdaIntegration("HttpRestIntegration", rest),
  });
}
