import { Duration, RemovalPolicy, type Stack } from "aws-cdk-lib";
import { Effect, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, type CfnFunction, Code, Function as LambdaFunction, Runtime, Tracing } from "aws-cdk-lib/aws-lambda";
import { NodejsFunction, type NodejsFunctionProps, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { bundle } from "./bundle.ts";
import { root } from "./root.ts";

export type LambdaProps = {
  /** Source file, from the root of the repository. */
  entry: string;
  memoryMb: number;
  timeoutSeconds: number;
  environment: Record<string, string>;
  /** Packages with native code: installed beside the bundle for Lambda's platform, not bundled. */
  nativeModules?: string[];
  /** Simultaneous invocations that the embedded cloud may put into one process; Lambda always has one. */
  localConcurrency?: number;
  /** In the embedded cloud it shares its processes with the others of this name; without one it has its own. */
  localProcess?: "http" | "workers";
};

/** One function with a role and a log group of its own. The template's metadata tells the source, so that it can also be run from there. */
export function lambda(stack: Stack, id: string, props: LambdaProps): LambdaFunction {
  const logGroup = new LogGroup(stack, `${id}Logs`, { retention: RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY });
  const role = new Role(stack, `${id}Role`, { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
  role.addToPolicy(
    new PolicyStatement({
      effect: Effect.ALLOW,
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [logGroup.logGroupArn],
    }),
  );
  const shared = {
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    memorySize: props.memoryMb,
    timeout: Duration.seconds(props.timeoutSeconds),
    tracing: Tracing.ACTIVE,
    role,
    logGroup,
    environment: { ...props.environment, SERVICE: stack.stackName, NODE_OPTIONS: "--enable-source-maps" },
  };
  // Where only the template matters, nothing has to be bundled, and nothing that bundles has to be installed.
  const made = stack.bundlingRequired
    ? new NodejsFunction(stack, id, { ...shared, ...bundled(props) })
    : new LambdaFunction(stack, id, {
        ...shared,
        handler: "index.handler",
        code: Code.fromInline("// The source is told by the metadata."),
      });
  const resource = made.node.defaultChild as CfnFunction;
  resource.addMetadata("atelier:entry", props.entry);
  if (props.localProcess) resource.addMetadata("atelier:process", props.localProcess);
  if (props.localConcurrency) resource.addMetadata("atelier:concurrency", props.localConcurrency);
  return made;
}

const bundled = ({ entry, nativeModules }: LambdaProps): NodejsFunctionProps => ({
  entry: `${root}${entry}`,
  projectRoot: root,
  depsLockFilePath: `${root}package-lock.json`,
  handler: "handler",
  bundling: {
    format: OutputFormat.ESM,
    target: bundle.target,
    minify: bundle.minify,
    sourceMap: true,
    sourcesContent: false,
    mainFields: [...bundle.mainFields],
    banner: bundle.banner,
    externalModules: [],
    esbuildArgs: Object.fromEntries(Object.entries(bundle.alias).map(([name, path]) => [`--alias:${name}`, path])),
    ...(nativeModules && {
      nodeModules: nativeModules,
      environment: { npm_config_os: "linux", npm_config_cpu: "arm64", npm_config_libc: "glibc" },
    }),
  },
});
