// Generated from the OpenAPI document by “npm run generate”. Do not edit.

export type Account = { userId: string; email: string; displayName: string; bio: string; location: string; languages: (string)[]; locale: "en" | "fr"; timeZone: string; tier: "free" | "premium" | "enterprise" | "vip"; workspaceId: string; links: ({ label: string; url: string })[]; dateOfBirth?: string; ageConfirmedAt?: string; createdAt: string; updatedAt: string; version: number };

export type Alert = { id: string; kind: "failures" | "slow" | "budget"; subject: string; title: string; detail: string; raisedAt: string; resolvedAt?: string };

/** One call to a provider, for one image. */
export type Attempt = { id: string; imageId: string; provider: string; model: string; startedAt: string; endedAt?: string; outcome?: "drawn" | "failed" | "refused" | "lost" | "canceled" | "unknown"; reservedMicroUsd: number; costMicroUsd?: number; detail?: string };

export type AuditEntry = { id: string; at: string; actor: string; act: string; outcome: "allowed" | "refused"; subject?: string; details: Record<string, string | number | boolean | (string)[]> };

export type Budget = { scope: "workspace" | "account" | "provider"; provider?: string; period: "day" | "month"; capMicroUsd: number; usedMicroUsd: number; leftMicroUsd: number; endsAt: string };

export type Channel = { id: string; network: "feed"; name: string; description: string; slug: string; url: string; feedUrl: string; createdAt: string; updatedAt: string; version: number };

/** A post on one channel. */
export type Delivery = { channelId: string; network: string; state: "pending" | "published" | "failed" | "unconfirmed" | "canceled" | "removed"; externalId?: string; url?: string; publishedAt?: string; attempts: ({ startedAt: string; endedAt?: string; outcome: "published" | "failed" | "unknown"; problem?: Trouble })[]; problem?: Trouble; resolved?: { by: string; at: string } };

/** A model that changes pictures, and draws none. */
export type EditModel = { provider: string; model: string; kind: "edit"; title: string; description?: string; capabilities: { operation: "remove_background" | "upscale"; factors?: (2 | 4)[]; minSide: number; maxPixels: number; maxBytes: number }; priceMicroUsd: number; state: "on" | "off" | "retired"; why?: string; pausedUntil?: string };

export type Experiment = { id: string; name: string; templateId: string; state: "running" | "decided" | "stopped"; arms: ({ version: number; weight: number })[]; minimumSample: number; confidencePercent: number; whenDecided: "tell" | "promote"; winner?: number; endedAt?: string; createdAt: string; updatedAt: string; version: number };

export type Finding = { channelId: string; rule: string; severity: "error" | "warning"; detail: string; fix?: Record<string, unknown> };

export type Folder = { id: string; name: string; parentId?: string; createdBy: string; createdAt: string; updatedAt: string; version: number };

export type Generation = { id: string; state: "queued" | "rendering" | "succeeded" | "failed" | "refused" | "canceled"; progress: number; prompt: string; negativePrompt?: string; template?: TemplateUse; plan?: PlanUse; style?: string; width: number; height: number; quality: "draft" | "standard" | "hd"; provider: string; model: string; count: number; seed: number; rating: "general" | "suggestive" | "mature"; tags: (string)[]; imageIds: (string)[]; costMicroUsd: number; attempts: (Attempt)[]; problem?: Trouble; createdAt: string; updatedAt: string; startedAt?: string; finishedAt?: string; version: number };

export type HistoryEntry = { id: string; at: string; act: "generation.job.requested" | "generation.job.succeeded" | "generation.job.failed" | "generation.job.refused" | "generation.job.canceled" | "library.image.processed" | "library.image.quarantined" | "library.image.approved" | "library.image.rejected" | "library.image.changes-requested" | "library.image.held" | "library.image.edited" | "library.image.deleted" | "library.image.restored" | "publishing.post.published" | "publishing.post.partly-published"; actor: string; subject: string; correlationId: string };

export type Image = { id: string; state: "processing" | "quarantined" | "in_review" | "approved" | "rejected" | "changes_requested" | "held"; source: "generation" | "upload"; fileName?: string; width?: number; height?: number; bytes?: number; mimeType?: "image/jpeg" | "image/png" | "image/webp"; sha256?: string; thumbhash?: string; digitalSourceType?: string; currentVersion?: number; lastVersion?: number; likeness?: string; quality?: Quality; urls: { original?: string; preview?: string; thumbnail?: string }; generation?: Making; quarantine?: { reason: string; detail: string }; review?: { decision: "approved" | "rejected" | "changes_requested" | "held"; by: string; at: string; note?: string; reasons: (string)[] }; tags: (string)[]; autoTags?: ({ tag: string; confidence: number; from: "words" | "picture" })[]; stars: number; rating: "general" | "suggestive" | "mature"; category?: string; folderId?: string; postedAt?: string; createdAt: string; updatedAt: string; version: number };

export type ImageVersion = { id: string; imageId: string; number: number; state: "processing" | "ready" | "failed"; from?: number; operations: ({ type: "crop"; left: number; top: number; width: number; height: number } | { type: "crop_to_ratio"; ratio: { width: number; height: number }; around: "subject" | "centre" } | { type: "resize"; width?: number; height?: number; fit: "inside" | "cover" | "fill" } | { type: "rotate"; degrees: 90 | 180 | 270 } | { type: "flip"; direction: "horizontal" | "vertical" } | { type: "adjust"; brightness: number; contrast: number; saturation: number } | { type: "sharpen"; amount: number } | { type: "filter"; name: "mono" | "sepia" | "warm" | "cool" | "vivid" | "faded" } | { type: "auto_enhance" } | { type: "remove_background" } | { type: "upscale"; factor: 2 | 4 })[]; provider?: string; model?: string; editId?: string; estimateMicroUsd?: number; costMicroUsd?: number; width?: number; height?: number; bytes?: number; mimeType?: "image/jpeg" | "image/png" | "image/webp"; sha256?: string; thumbhash?: string; likeness?: string; quality?: Quality; digitalSourceType?: string; urls: { original?: string; thumbnail?: string }; problem?: Trouble; createdBy: string; createdAt: string; readyAt?: string };

/** How a generated image was made: enough to make it again. */
export type Making = { generationId: string; prompt: string; negativePrompt?: string; template?: TemplateUse; plan?: PlanUse; style?: string; quality: string; provider: string; model: string; modelVersion?: string; seed: number; width: number; height: number; costMicroUsd: number; requestId?: string; queueMs: number; renderMs?: number };

export type Metrics = { from: string; to: string; by: "all" | "day" | "model" | "template" | "text_model"; items: (MetricsLine)[] };

export type MetricsLine = { day?: string; provider?: string; model?: string; templateId?: string; templateVersion?: number; drawn: number; failed: number; refused: number; approved: number; rejected: number; successRate?: number; medianMs?: number; p95Ms?: number; costMicroUsd: number; costPerImageMicroUsd?: number; costPerApprovedMicroUsd?: number; textsAnswered: number; textsFailed: number; textsRefused: number; textCostMicroUsd: number };

export type Model = { provider: string; model: string; kind: "image"; title: string; description?: string; capabilities: { minSide?: number; maxSide?: number; sideStep?: number; maxPixels?: number; ratios?: (string)[]; sizes?: (string)[]; maxCount: number; maxPromptLength: number; seed: boolean; negativePrompt: boolean; styles: (string)[] }; priceMicroUsd: number; prices: { draft: number; standard: number; hd: number }; state: "on" | "off" | "retired"; why?: string; pausedUntil?: string };

export type Plan = { id: string; name: string; state: "active" | "paused" | "met" | "ended"; timeZone: string; ask: PlanAsk; rules: (PlanRule)[]; skipDates: (string)[]; startsOn: string; endsOn?: string; quota?: { approvals: number; by: string; dueBy: string; atOnce: number; maxImages: number; asked: number; approved: number; open: number }; capPerDayMicroUsd?: number; seed: number; nextAt?: string; problem?: Trouble; createdAt: string; updatedAt: string; version: number };

/** What each of a plan's generations asks for. */
export type PlanAsk = { prompt?: string; negativePrompt?: string; templateId?: string; templateVersion?: number; variableSets?: (Record<string, string | number>)[]; style?: string; width?: number; height?: number; quality?: "draft" | "standard" | "hd"; provider?: string; providers?: (string)[]; model?: string; tags: (string)[] };

export type PlanExample = { key: string; title: string; description: string; plan: { name: string } };

export type PlanPreview = { timeZone: string; images: number; costMicroUsd: number; items: (PlanWindow)[] };

/** On which days, when on them, and for how many pictures a plan asks. */
export type PlanRule = { days?: (string)[]; monthDays?: (number)[]; months?: (number)[]; everyWeeks?: number; from: string; to: string; count: number | { min: number; max: number } };

/** One time that a plan has asked, or should have. */
export type PlanRun = { id: string; state: "asked" | "succeeded" | "failed" | "refused" | "canceled" | "skipped" | "missed"; plannedAt: string; window?: { day: string; from: string; to: string; startsAt: string; endsAt: string }; images: number; generationId?: string; imageIds?: (string)[]; costMicroUsd?: number; problem?: Trouble; createdAt: string; updatedAt: string };

/** The plan that asked for it, and its run. */
export type PlanUse = { id: string; runId: string };

/** A window to come. One that the zone's clocks skip on that day has no length, and nothing is asked for in it. */
export type PlanWindow = { day: string; from: string; to: string; startsAt: string; endsAt: string; images: number; at: (string)[] };

export type Post = { id: string; state: "draft" | "in_review" | "scheduled" | "publishing" | "published" | "partly_published" | "unconfirmed" | "failed" | "canceled" | "skipped" | "blocked"; channelIds: (string)[]; imageIds: (string)[]; caption: string; hashtags: (string)[]; altTexts: Record<string, string>; overrides: Record<string, { caption?: string }>; scheduledAt: string | null; timeZone: string; latePolicy: { mode: "publish" | "ask" | "skip"; withinSeconds: number }; approval?: { digest: string; by: string; at: string }; deliveries: (Delivery)[]; problem?: Trouble; retriedAt?: string; createdAt: string; updatedAt: string; version: number };

export type Preview = { count: number; images: number; costMicroUsd: number; provider: string; model: string; template?: { id: string; version: number }; items: ({ prompt: string; negativePrompt?: string; variables?: Record<string, string | number> })[] };

/** RFC 9457 problem details. */
export type Problem = { type: string; title: string; status: number; detail: string; instance: string; requestId: string; errors?: ({ pointer: string; detail: string })[] };

export type ProviderOrder = { providers: (string)[]; inForce: (string)[]; version?: number };

/** How good a picture is, as far as arithmetic can tell; all from 0 to 1. `score` weighs the parts. */
export type Quality = { score: number; sharpness: number; exposure: number; contrast: number; resolution: number };

/** An experiment, and how it stands. */
export type ReportedExperiment = { id: string; name: string; templateId: string; state: "running" | "decided" | "stopped"; arms: ({ version: number; weight: number })[]; minimumSample: number; confidencePercent: number; whenDecided: "tell" | "promote"; winner?: number; endedAt?: string; createdAt: string; updatedAt: string; version: number; report: { leader?: number; evidence: number; needed: number; winner?: number; arms: ({ version: number; weight: number; approved: number; rejected: number; approvalRate?: number; interval: { low: number; high: number }; costMicroUsd: number; costPerApprovedMicroUsd?: number; meanRenderMs?: number; reasons: Record<string, number> })[] } };

export type Review = { id: string; imageId: string; decision: "approved" | "rejected" | "changes_requested" | "held"; note?: string; reasons: ("anatomy" | "artifacts" | "off_brand" | "off_prompt" | "composition" | "colour" | "quality" | "duplicate" | "unsafe" | "legal" | "other")[]; by: string; at: string };

/** A template, and how it does. */
export type StandingTemplate = { id: string; source: "own" | "shipped"; name: string; description: string; category: string; rating: "general" | "suggestive" | "mature"; text: string; negativePrompt?: string; variables: (Variable)[]; parameters: { style?: string; quality?: "draft" | "standard" | "hd"; width?: number; height?: number }; latestVersion: number; labels: { production: number; candidate?: number }; experiment?: { id: string; arms: ({ version: number; weight: number })[] }; copiedFrom?: { id: string; version: number }; createdAt: string; updatedAt: string; version: number; outcomes: ({ version: number; approved: number; rejected: number; score: number; reasons: Record<string, number> })[]; suggestedNegatives: (string)[] };

export type Suggestion = { title: string; altText: string; caption: string; writer: { provider: string; model: string; title: string; tokensIn: number; tokensOut: number; costMicroUsd: number } };

export type Template = { id: string; source: "own" | "shipped"; name: string; description: string; category: string; rating: "general" | "suggestive" | "mature"; text: string; negativePrompt?: string; variables: (Variable)[]; parameters: { style?: string; quality?: "draft" | "standard" | "hd"; width?: number; height?: number }; latestVersion: number; labels: { production: number; candidate?: number }; experiment?: { id: string; arms: ({ version: number; weight: number })[] }; copiedFrom?: { id: string; version: number }; createdAt: string; updatedAt: string; version: number };

/** The template that the prompt was made from, by the number of its version. */
export type TemplateUse = { id: string; version: number; experimentId?: string; variables: Record<string, string> };

/** The words of a template as they were at one time. A version never changes. */
export type TemplateVersion = { templateId: string; version: number; note?: string; text: string; negativePrompt?: string; variables: (Variable)[]; parameters: { style?: string; quality?: "draft" | "standard" | "hd"; width?: number; height?: number }; createdBy: string; createdAt: string };

export type Text = { text: string; value?: Record<string, unknown>; provider: string; model: string; title: string; tokensIn: number; tokensOut: number; costMicroUsd: number; cut: boolean };

/** One paid call to a model of text. It keeps neither what was asked nor what was answered. */
export type TextCall = { id: string; purpose?: string; payer?: "operator"; provider: string; model: string; outcome: "answered" | "failed" | "refused" | "unknown"; reservedMicroUsd: number; costMicroUsd: number; tokensIn?: number; tokensOut?: number; detail?: string; startedAt: string; endedAt?: string };

export type TextModel = { provider: string; model: string; kind: "text"; title: string; capabilities: { maxTokens: number; maxPromptLength: number; pictures: boolean }; tokenPrices: { in: number; out: number }; state: "on" | "off" | "retired"; why?: string; pausedUntil?: string };

export type Tokens = { accessToken: string; idToken: string; refreshToken: string; expiresInSeconds: number; tokenType: "Bearer" };

export type TrashedImage = { id: string; state: "processing" | "quarantined" | "in_review" | "approved" | "rejected" | "changes_requested" | "held"; source: "generation" | "upload"; fileName?: string; width?: number; height?: number; bytes?: number; mimeType?: "image/jpeg" | "image/png" | "image/webp"; sha256?: string; thumbhash?: string; digitalSourceType?: string; currentVersion?: number; lastVersion?: number; likeness?: string; quality?: Quality; urls: { original?: string; preview?: string; thumbnail?: string }; generation?: Making; quarantine?: { reason: string; detail: string }; review?: { decision: "approved" | "rejected" | "changes_requested" | "held"; by: string; at: string; note?: string; reasons: (string)[] }; tags: (string)[]; autoTags?: ({ tag: string; confidence: number; from: "words" | "picture" })[]; stars: number; rating: "general" | "suggestive" | "mature"; category?: string; folderId?: string; postedAt?: string; createdAt: string; updatedAt: string; version: number; deletedAt: string; restorableUntil: string };

/** Why something did not go as hoped, in the words of problem details. */
export type Trouble = { code: string; title: string; detail: string };

/** A place in a template's words. Without a default, each generation has to fill it. */
export type Variable = { type: "text"; name: string; description?: string; maxLength: number; default?: string; example?: string } | { type: "choice"; name: string; description?: string; choices: (string)[]; default?: string; example?: string } | { type: "number"; name: string; description?: string; minimum: number; maximum: number; default?: number; example?: number };

/** Input and answer of each operation, by its id. */
export type Operations = {
  /** Whether the API answers. */
  health: { input: Record<string, never>; answer: { status: "ok" } };
  /** Sign up with an email address. */
  register: { input: { body: { email: string; password: string; displayName: string } }; answer: { userId: string; confirmation: "email_code" } };
  /** Confirm the address with the emailed code. */
  confirmEmail: { input: { body: { email: string; code: string } }; answer: undefined };
  /** Mail a new confirmation code. */
  resendConfirmation: { input: { body: { email: string } }; answer: undefined };
  /** Sign in. */
  login: { input: { body: { email: string; password: string } }; answer: Tokens };
  /** Exchange the refresh token for new tokens. */
  refresh: { input: { body: { refreshToken: string } }; answer: Tokens };
  /** Sign out. */
  logout: { input: { body: { refreshToken: string } }; answer: undefined };
  /** Change the password. */
  changePassword: { input: { body: { currentPassword: string; newPassword: string } }; answer: undefined };
  /** Mail a code for a new password. */
  forgotPassword: { input: { body: { email: string } }; answer: undefined };
  /** Set a new password with the emailed code. */
  resetPassword: { input: { body: { email: string; code: string; newPassword: string } }; answer: undefined };
  /** Your account. */
  getMe: { input: Record<string, never>; answer: Account };
  /** Change your profile. */
  changeMe: { input: { body: { displayName?: string; bio?: string; location?: string; languages?: (string)[]; locale?: "en" | "fr"; timeZone?: string; links?: ({ label: string; url: string })[]; dateOfBirth?: string | null }; ifMatch?: string }; answer: Account };
  /** What was decided in your workspace, newest first. */
  listAudit: { input: { query?: { limit?: number; cursor?: string } }; answer: { items: (AuditEntry)[]; nextCursor: string | null } };
  /** The catalogue of models, with what each can do and costs. */
  listModels: { input: Record<string, never>; answer: { items: (Model | EditModel | TextModel)[] } };
  /** Ask for images. */
  requestGeneration: { input: { body: { prompt?: string; negativePrompt?: string; style?: string; width?: number; height?: number; quality?: "draft" | "standard" | "hd"; provider?: string; providers?: (string)[]; model?: string; count?: number; seed?: number; tags?: (string)[]; templateId?: string; templateVersion?: number; variables?: Record<string, string | number> }; idempotencyKey?: string }; answer: Generation };
  /** Your workspace's generations, newest first. */
  listGenerations: { input: { query?: { limit?: number; cursor?: string; state?: "queued" | "rendering" | "succeeded" | "failed" | "refused" | "canceled" } }; answer: { items: (Generation)[]; nextCursor: string | null } };
  /** See what variations would be made, and what they would cost. */
  previewGeneration: { input: { body: { prompt?: string; negativePrompt?: string; style?: string; width?: number; height?: number; quality?: "draft" | "standard" | "hd"; provider?: string; providers?: (string)[]; model?: string; count?: number; seed?: number; tags?: (string)[]; templateId?: string; templateVersion?: number; variables?: Record<string, string | number | (string | number)[]>; limit?: number } }; answer: Preview };
  /** One generation. */
  getGeneration: { input: { params: { id: string } }; answer: Generation };
  /** Stop a generation. */
  cancelGeneration: { input: { params: { id: string } }; answer: Generation };
  /** Try a failed generation again. */
  retryGeneration: { input: { params: { id: string } }; answer: Generation };
  /** Whom your workspace has asked first. */
  getProviderOrder: { input: Record<string, never>; answer: ProviderOrder };
  /** Choose whom your workspace has asked first. */
  setProviderOrder: { input: { body: { providers: (string)[] } }; answer: ProviderOrder };
  /** Your workspace's caps, and how far they are used up. */
  listBudgets: { input: Record<string, never>; answer: { items: (Budget)[] } };
  /** Set a cap. */
  setBudget: { input: { body: { scope: "workspace" | "account" | "provider"; provider?: "sketch" | "replicate" | "stability" | "openai" | "gemini" | "huggingface" | "midjourney" | "blackbox" | "bedrock" | "automatic1111" | "comfyui" | "extractive" | "groq" | "deepinfra"; period: "day" | "month"; capMicroUsd: number } }; answer: { items: (Budget)[] } };
  /** How models and templates do, and what pictures and texts cost. */
  getMetrics: { input: { query?: { from?: string; to?: string; by?: "all" | "day" | "model" | "template" | "text_model" } }; answer: Metrics };
  /** The same figures as a table for a spreadsheet. */
  exportMetrics: { input: { query?: { from?: string; to?: string; by?: "all" | "day" | "model" | "template" | "text_model" } }; answer: string };
  /** What you should know, newest first. */
  listAlerts: { input: { query?: { limit?: number; cursor?: string } }; answer: { items: (Alert)[]; nextCursor: string | null } };
  /** Templates of prompts: your workspace's, newest first, and the shipped ones behind them. */
  listTemplates: { input: { query?: { limit?: number; cursor?: string; source?: "own" | "shipped"; category?: string } }; answer: { items: (Template)[]; nextCursor: string | null } };
  /** Write a template. */
  createTemplate: { input: { body: { name: string; description?: string; category: string; rating?: "general" | "suggestive" | "mature"; text: string; negativePrompt?: string; variables?: ({ type: "text"; name: string; description?: string; maxLength?: number; default?: string; example?: string } | { type: "choice"; name: string; description?: string; choices: (string)[]; default?: string; example?: string } | { type: "number"; name: string; description?: string; minimum?: number; maximum?: number; default?: number; example?: number })[]; parameters?: { style?: string; quality?: "draft" | "standard" | "hd"; width?: number; height?: number } }; idempotencyKey?: string }; answer: Template };
  /** One template, and what reviews have said of its versions. */
  getTemplate: { input: { params: { id: string } }; answer: StandingTemplate };
  /** Rename, describe or categorise a template. */
  changeTemplate: { input: { params: { id: string }; body: { name?: string; description?: string; category?: string; rating?: "general" | "suggestive" | "mature" }; ifMatch?: string }; answer: Template };
  /** Make a template of your own from another, shipped or yours. */
  copyTemplate: { input: { params: { id: string }; body: { name?: string; version?: number }; idempotencyKey?: string }; answer: Template };
  /** The versions of a template, newest first. */
  listTemplateVersions: { input: { params: { id: string }; query?: { limit?: number; cursor?: string } }; answer: { items: (TemplateVersion)[]; nextCursor: string | null } };
  /** Write another version of a template. */
  addTemplateVersion: { input: { params: { id: string }; body: { text: string; negativePrompt?: string; variables?: ({ type: "text"; name: string; description?: string; maxLength?: number; default?: string; example?: string } | { type: "choice"; name: string; description?: string; choices: (string)[]; default?: string; example?: string } | { type: "number"; name: string; description?: string; minimum?: number; maximum?: number; default?: number; example?: number })[]; parameters?: { style?: string; quality?: "draft" | "standard" | "hd"; width?: number; height?: number }; note?: string }; idempotencyKey?: string }; answer: TemplateVersion };
  /** What has changed between two versions of a template. */
  compareTemplateVersions: { input: { params: { id: string; from: string; to: string } }; answer: { from: number; to: number; text: ({ kind: "same" | "removed" | "added"; text: string })[]; negativePrompt: ({ kind: "same" | "removed" | "added"; text: string })[]; variables: ({ name: string; kind: "removed" | "added" | "changed" })[]; parameters: ({ name: string; kind: "removed" | "added" | "changed" })[] } };
  /** Put a label on a version: `production` or `candidate`. */
  setTemplateLabel: { input: { params: { id: string; label: string }; body: { version: number }; ifMatch?: string }; answer: Template };
  /** Your workspace's experiments, newest first. */
  listExperiments: { input: { query?: { limit?: number; cursor?: string } }; answer: { items: (Experiment)[]; nextCursor: string | null } };
  /** Compare versions of a template by what reviewers say. */
  startExperiment: { input: { body: { name: string; templateId: string; arms: ({ version: number; weight?: number })[]; minimumSample?: number; confidencePercent?: number; whenDecided?: "tell" | "promote" }; idempotencyKey?: string }; answer: Experiment };
  /** One experiment, and how its arms stand. */
  getExperiment: { input: { params: { id: string } }; answer: ReportedExperiment };
  /** Stop an experiment. */
  stopExperiment: { input: { params: { id: string } }; answer: ReportedExperiment };
  /** Your workspace's plans, newest first. */
  listPlans: { input: { query?: { limit?: number; cursor?: string; state?: "active" | "paused" | "met" | "ended" } }; answer: { items: (Plan)[]; nextCursor: string | null } };
  /** Have pictures asked for by a plan. */
  createPlan: { input: { body: { name: string; timeZone?: string; ask: { prompt?: string; negativePrompt?: string; style?: string; width?: number; height?: number; quality?: "draft" | "standard" | "hd"; provider?: string; providers?: (string)[]; model?: string; tags?: (string)[]; templateId?: string; templateVersion?: number; variableSets?: (Record<string, string | number>)[] }; rules?: ({ days?: (string)[]; monthDays?: (number)[]; months?: (number)[]; everyWeeks?: number; from: string; to: string; count: number | { min: number; max: number } })[]; quota?: { approvals: number; by: string; atOnce?: number; maxImages?: number }; skipDates?: (string)[]; startsOn?: string; endsOn?: string; capPerDayMicroUsd?: number; seed?: number }; idempotencyKey?: string }; answer: Plan };
  /** Plans to begin with. */
  listPlanExamples: { input: Record<string, never>; answer: { items: (PlanExample)[] } };
  /** See what a plan would do in the next seven days, and what that would cost. */
  previewPlan: { input: { body: { name: string; timeZone?: string; ask: { prompt?: string; negativePrompt?: string; style?: string; width?: number; height?: number; quality?: "draft" | "standard" | "hd"; provider?: string; providers?: (string)[]; model?: string; tags?: (string)[]; templateId?: string; templateVersion?: number; variableSets?: (Record<string, string | number>)[] }; rules?: ({ days?: (string)[]; monthDays?: (number)[]; months?: (number)[]; everyWeeks?: number; from: string; to: string; count: number | { min: number; max: number } })[]; quota?: { approvals: number; by: string; atOnce?: number; maxImages?: number }; skipDates?: (string)[]; startsOn?: string; endsOn?: string; capPerDayMicroUsd?: number; seed?: number } }; answer: PlanPreview };
  /** One plan, and how far it has come. */
  getPlan: { input: { params: { id: string } }; answer: Plan };
  /** Change, pause or resume a plan. */
  changePlan: { input: { params: { id: string }; body: { name?: string; state?: "active" | "paused"; timeZone?: string; ask?: { prompt?: string; negativePrompt?: string; style?: string; width?: number; height?: number; quality?: "draft" | "standard" | "hd"; provider?: string; providers?: (string)[]; model?: string; tags?: (string)[]; templateId?: string; templateVersion?: number; variableSets?: (Record<string, string | number>)[] }; rules?: ({ days?: (string)[]; monthDays?: (number)[]; months?: (number)[]; everyWeeks?: number; from: string; to: string; count: number | { min: number; max: number } })[]; skipDates?: (string)[]; endsOn?: string | null; quota?: { approvals: number; by: string; atOnce?: number; maxImages?: number }; capPerDayMicroUsd?: number | null }; ifMatch?: string }; answer: Plan };
  /** Delete a plan. */
  removePlan: { input: { params: { id: string }; ifMatch?: string }; answer: undefined };
  /** What a plan has asked for, and what it could not, newest first. */
  listPlanRuns: { input: { params: { id: string }; query?: { limit?: number; cursor?: string } }; answer: { items: (PlanRun)[]; nextCursor: string | null } };
  /** A plan's windows of the next days, to the moment of each picture. */
  getPlanCalendar: { input: { params: { id: string }; query?: { days?: number } }; answer: { items: (PlanWindow)[] } };
  /** Your workspace's images, newest first. */
  listImages: { input: { query?: { limit?: number; cursor?: string; state?: "processing" | "quarantined" | "in_review" | "approved" | "rejected" | "changes_requested" | "held"; tag?: string; category?: string; folder?: string; model?: string; q?: string; from?: string; to?: string; posted?: "true" | "false" } }; answer: { items: (Image)[]; nextCursor: string | null } };
  /** Begin the upload of an image of your own. */
  uploadImage: { input: { body: { fileName: string; contentType: "image/jpeg" | "image/png" | "image/webp"; bytes: number; tags?: (string)[]; rating?: "general" | "suggestive" | "mature" }; idempotencyKey?: string }; answer: { imageId: string; upload: { url: string; method: "POST"; fields: Record<string, string> } } };
  /** One image. */
  getImage: { input: { params: { id: string } }; answer: Image };
  /** Tag, star, categorise an image, or put it into a folder. */
  changeImage: { input: { params: { id: string }; body: { tags?: (string)[]; stars?: number; category?: string; folderId?: string | null; rating?: "general" | "suggestive" | "mature" }; ifMatch?: string }; answer: Image };
  /** Put an image into the trash. */
  removeImage: { input: { params: { id: string }; ifMatch?: string }; answer: undefined };
  /** Approve, reject, hold, or ask for changes. */
  reviewImage: { input: { params: { id: string }; body: { decision: "approved" | "rejected" | "changes_requested" | "held"; note?: string; reasons?: ("anatomy" | "artifacts" | "off_brand" | "off_prompt" | "composition" | "colour" | "quality" | "duplicate" | "unsafe" | "legal" | "other")[] }; idempotencyKey?: string }; answer: Review };
  /** What was decided about an image, newest first. */
  listReviews: { input: { params: { id: string }; query?: { limit?: number; cursor?: string } }; answer: { items: (Review)[]; nextCursor: string | null } };
  /** Edit an image, as a new version of it. */
  editImage: { input: { params: { id: string }; body: { operations: ({ type: "crop"; left: number; top: number; width: number; height: number } | { type: "crop_to_ratio"; ratio: { width: number; height: number }; around?: "subject" | "centre" } | { type: "resize"; width?: number; height?: number; fit?: "inside" | "cover" | "fill" } | { type: "rotate"; degrees: 90 | 180 | 270 } | { type: "flip"; direction: "horizontal" | "vertical" } | { type: "adjust"; brightness?: number; contrast?: number; saturation?: number } | { type: "sharpen"; amount?: number } | { type: "filter"; name: "mono" | "sepia" | "warm" | "cool" | "vivid" | "faded" } | { type: "auto_enhance" } | { type: "remove_background" } | { type: "upscale"; factor?: 2 | 4 })[]; model?: string; from?: number }; idempotencyKey?: string }; answer: ImageVersion };
  /** Stop an edit that a provider is asked for. */
  cancelEdit: { input: { params: { id: string; versionId: string } }; answer: ImageVersion };
  /** The versions of an image, newest first. */
  listVersions: { input: { params: { id: string }; query?: { limit?: number; cursor?: string } }; answer: { items: (ImageVersion)[]; nextCursor: string | null } };
  /** Do the same to many images. */
  changeManyImages: { input: { body: { imageIds: (string)[]; change: { action: "tag"; tags: (string)[] } | { action: "untag"; tags: (string)[] } | { action: "star"; stars: number } | { action: "move"; folderId: string | null } | { action: "delete" } | { action: "restore" } | { action: "approve"; note?: string } | { action: "reject"; note?: string; reasons?: ("anatomy" | "artifacts" | "off_brand" | "off_prompt" | "composition" | "colour" | "quality" | "duplicate" | "unsafe" | "legal" | "other")[] } } }; answer: { items: ({ imageId: string; outcome: "done" | "unchanged" | "refused"; problem?: Trouble })[] } };
  /** Deleted images that can be restored, the latest made first. */
  listTrash: { input: { query?: { limit?: number; cursor?: string } }; answer: { items: (TrashedImage)[]; nextCursor: string | null } };
  /** Take an image out of the trash. */
  restoreImage: { input: { params: { id: string } }; answer: Image };
  /** Images that look like this one, the most alike first. */
  findSimilar: { input: { params: { id: string }; query?: { within?: number } }; answer: { items: ({ distance: number; image: Image })[]; looked: number; complete: boolean } };
  /** Tags with the number of images that have them. */
  listTags: { input: Record<string, never>; answer: { items: ({ tag: string; count: number; automatic: number })[]; looked: number; complete: boolean } };
  /** How many images are in each state, and what was made by day and model, with its cost. */
  imageStatistics: { input: { query?: { from?: string; to?: string } }; answer: { states: { processing: number; quarantined: number; in_review: number; approved: number; rejected: number; changes_requested: number; held: number }; looked: number; complete: boolean; days: (MetricsLine)[]; models: (MetricsLine)[] } };
  /** What happened to generations, images and posts, newest first. */
  imageHistory: { input: { query?: { limit?: number; cursor?: string } }; answer: { items: (HistoryEntry)[]; nextCursor: string | null } };
  /** All folders, by name. */
  listFolders: { input: Record<string, never>; answer: { items: (Folder)[] } };
  /** Make a folder. */
  createFolder: { input: { body: { name: string; parentId?: string }; idempotencyKey?: string }; answer: Folder };
  /** One folder. */
  getFolder: { input: { params: { id: string } }; answer: Folder };
  /** Rename a folder, or move it into another. */
  changeFolder: { input: { params: { id: string }; body: { name?: string; parentId?: string | null }; ifMatch?: string }; answer: Folder };
  /** Delete a folder, and none of its images. */
  removeFolder: { input: { params: { id: string }; ifMatch?: string }; answer: undefined };
  /** Have a model of text write something. */
  writeText: { input: { body: { purpose?: string; system?: string; prompt: string; maxTokens?: number; models?: (string)[]; schema?: { type: "object"; properties: Record<string, { type: "string"; description?: string; maxLength?: number; enum?: (string)[] } | { type: "integer"; description?: string; minimum?: number; maximum?: number } | { type: "number"; description?: string; minimum?: number; maximum?: number } | { type: "boolean"; description?: string } | { type: "array"; description?: string; items: { type: "string"; maxLength?: number }; maxItems?: number }>; required?: (string)[]; additionalProperties?: false } }; idempotencyKey?: string }; answer: Text };
  /** Your workspace's paid calls to models of text, newest first. */
  listTexts: { input: { query?: { limit?: number; cursor?: string } }; answer: { items: (TextCall)[]; nextCursor: string | null } };
  /** Suggest a title, an alt text and a caption for an image. */
  describeImage: { input: { params: { id: string }; body: { language?: string; models?: (string)[] } }; answer: Suggestion };
  /** Your workspace's channels, newest first. */
  listChannels: { input: { query?: { limit?: number; cursor?: string } }; answer: { items: (Channel)[]; nextCursor: string | null } };
  /** Open a channel. */
  connectChannel: { input: { body: { network: "feed"; name: unknown & unknown; description?: string; slug?: string }; idempotencyKey?: string }; answer: Channel };
  /** One channel. */
  getChannel: { input: { params: { id: string } }; answer: Channel };
  /** Close a channel. */
  disconnectChannel: { input: { params: { id: string }; ifMatch?: string }; answer: undefined };
  /** Your workspace's posts, newest first. */
  listPosts: { input: { query?: { limit?: number; cursor?: string; state?: "draft" | "in_review" | "scheduled" | "publishing" | "published" | "partly_published" | "unconfirmed" | "failed" | "canceled" | "skipped" | "blocked" } }; answer: { items: (Post)[]; nextCursor: string | null } };
  /** Write a post: for a time, for now, or as a draft. */
  createPost: { input: { body: { channelIds: (string)[]; imageIds: (string)[]; caption?: string; hashtags?: (string)[]; altTexts?: Record<string, string>; overrides?: Record<string, { caption?: string }>; scheduledAt?: string; timeZone?: string; now?: true; latePolicy?: { mode: "publish" | "ask" | "skip"; withinSeconds: number } }; idempotencyKey?: string }; answer: Post };
  /** Check a post against its channels' rules without making it. */
  preflightPost: { input: { body: { channelIds: (string)[]; imageIds: (string)[]; caption?: string; hashtags?: (string)[]; altTexts?: Record<string, string>; overrides?: Record<string, { caption?: string }>; scheduledAt?: string; timeZone?: string; now?: true; latePolicy?: { mode: "publish" | "ask" | "skip"; withinSeconds: number } } }; answer: { findings: (Finding)[] } };
  /** One post. */
  getPost: { input: { params: { id: string } }; answer: Post };
  /** Edit a post that is not out yet. */
  changePost: { input: { params: { id: string }; body: { channelIds?: (string)[]; imageIds?: (string)[]; caption?: string; hashtags?: (string)[]; altTexts?: Record<string, string>; overrides?: Record<string, { caption?: string }>; scheduledAt?: string | null; timeZone?: string; latePolicy?: { mode: "publish" | "ask" | "skip"; withinSeconds: number } }; ifMatch?: string }; answer: Post };
  /** Delete a post, and take down what is out. */
  removePost: { input: { params: { id: string }; ifMatch?: string }; answer: undefined };
  /** Do not publish it. */
  cancelPost: { input: { params: { id: string } }; answer: Post };
  /** Publish it now. */
  publishPost: { input: { params: { id: string } }; answer: Post };
  /** Approve a post's content, or hold it back. */
  reviewPost: { input: { params: { id: string }; body: { decision: "approved" | "rejected" | "changes_requested" | "held"; note?: string; reasons?: ("anatomy" | "artifacts" | "off_brand" | "off_prompt" | "composition" | "colour" | "quality" | "duplicate" | "unsafe" | "legal" | "other")[] }; idempotencyKey?: string }; answer: Post };
  /** Say what became of an unconfirmed delivery. */
  resolveDelivery: { input: { params: { id: string; channelId: string }; body: { outcome: "published" | "not_published"; url?: string } }; answer: Post };
  /** Try one failed channel again. */
  retryDelivery: { input: { params: { id: string; channelId: string } }; answer: Post };
  /** A provider's news of its work. */
  takeWebhook: { input: { params: { provider: string }; query?: { workspace?: string; generation?: string; attempt?: string }; body: Record<string, unknown> }; answer: undefined };
  /** The word of a provider of age checks. */
  takeAgeCheck: { input: { body: { userId: string; adult: boolean } }; answer: undefined };
};

/** Where each operation is found. */
export const routes = {
  health: { method: "GET", path: "/v1/health" },
  register: { method: "POST", path: "/v1/auth/register" },
  confirmEmail: { method: "POST", path: "/v1/auth/confirm" },
  resendConfirmation: { method: "POST", path: "/v1/auth/confirm/resend" },
  login: { method: "POST", path: "/v1/auth/login" },
  refresh: { method: "POST", path: "/v1/auth/refresh" },
  logout: { method: "POST", path: "/v1/auth/logout" },
  changePassword: { method: "POST", path: "/v1/auth/password/change" },
  forgotPassword: { method: "POST", path: "/v1/auth/password/forgot" },
  resetPassword: { method: "POST", path: "/v1/auth/password/reset" },
  getMe: { method: "GET", path: "/v1/me" },
  changeMe: { method: "PATCH", path: "/v1/me" },
  listAudit: { method: "GET", path: "/v1/audit" },
  listModels: { method: "GET", path: "/v1/models" },
  requestGeneration: { method: "POST", path: "/v1/generations" },
  listGenerations: { method: "GET", path: "/v1/generations" },
  previewGeneration: { method: "POST", path: "/v1/generations/preview" },
  getGeneration: { method: "GET", path: "/v1/generations/{id}" },
  cancelGeneration: { method: "POST", path: "/v1/generations/{id}/cancel" },
  retryGeneration: { method: "POST", path: "/v1/generations/{id}/retry" },
  getProviderOrder: { method: "GET", path: "/v1/providers/order" },
  setProviderOrder: { method: "PUT", path: "/v1/providers/order" },
  listBudgets: { method: "GET", path: "/v1/budgets" },
  setBudget: { method: "PUT", path: "/v1/budgets" },
  getMetrics: { method: "GET", path: "/v1/generations/metrics" },
  exportMetrics: { method: "GET", path: "/v1/generations/metrics.csv" },
  listAlerts: { method: "GET", path: "/v1/alerts" },
  listTemplates: { method: "GET", path: "/v1/templates" },
  createTemplate: { method: "POST", path: "/v1/templates" },
  getTemplate: { method: "GET", path: "/v1/templates/{id}" },
  changeTemplate: { method: "PATCH", path: "/v1/templates/{id}" },
  copyTemplate: { method: "POST", path: "/v1/templates/{id}/copies" },
  listTemplateVersions: { method: "GET", path: "/v1/templates/{id}/versions" },
  addTemplateVersion: { method: "POST", path: "/v1/templates/{id}/versions" },
  compareTemplateVersions: { method: "GET", path: "/v1/templates/{id}/versions/{from}/diff/{to}" },
  setTemplateLabel: { method: "PUT", path: "/v1/templates/{id}/labels/{label}" },
  listExperiments: { method: "GET", path: "/v1/experiments" },
  startExperiment: { method: "POST", path: "/v1/experiments" },
  getExperiment: { method: "GET", path: "/v1/experiments/{id}" },
  stopExperiment: { method: "POST", path: "/v1/experiments/{id}/stop" },
  listPlans: { method: "GET", path: "/v1/plans" },
  createPlan: { method: "POST", path: "/v1/plans" },
  listPlanExamples: { method: "GET", path: "/v1/plans/examples" },
  previewPlan: { method: "POST", path: "/v1/plans/preview" },
  getPlan: { method: "GET", path: "/v1/plans/{id}" },
  changePlan: { method: "PATCH", path: "/v1/plans/{id}" },
  removePlan: { method: "DELETE", path: "/v1/plans/{id}" },
  listPlanRuns: { method: "GET", path: "/v1/plans/{id}/runs" },
  getPlanCalendar: { method: "GET", path: "/v1/plans/{id}/calendar" },
  listImages: { method: "GET", path: "/v1/images" },
  uploadImage: { method: "POST", path: "/v1/images/uploads" },
  getImage: { method: "GET", path: "/v1/images/{id}" },
  changeImage: { method: "PATCH", path: "/v1/images/{id}" },
  removeImage: { method: "DELETE", path: "/v1/images/{id}" },
  reviewImage: { method: "POST", path: "/v1/images/{id}/reviews" },
  listReviews: { method: "GET", path: "/v1/images/{id}/reviews" },
  editImage: { method: "POST", path: "/v1/images/{id}/edits" },
  cancelEdit: { method: "POST", path: "/v1/images/{id}/versions/{versionId}/cancel" },
  listVersions: { method: "GET", path: "/v1/images/{id}/versions" },
  changeManyImages: { method: "POST", path: "/v1/images/bulk" },
  listTrash: { method: "GET", path: "/v1/images/trash" },
  restoreImage: { method: "POST", path: "/v1/images/{id}/restore" },
  findSimilar: { method: "GET", path: "/v1/images/{id}/similar" },
  listTags: { method: "GET", path: "/v1/images/tags" },
  imageStatistics: { method: "GET", path: "/v1/images/statistics" },
  imageHistory: { method: "GET", path: "/v1/images/history" },
  listFolders: { method: "GET", path: "/v1/folders" },
  createFolder: { method: "POST", path: "/v1/folders" },
  getFolder: { method: "GET", path: "/v1/folders/{id}" },
  changeFolder: { method: "PATCH", path: "/v1/folders/{id}" },
  removeFolder: { method: "DELETE", path: "/v1/folders/{id}" },
  writeText: { method: "POST", path: "/v1/texts" },
  listTexts: { method: "GET", path: "/v1/texts" },
  describeImage: { method: "POST", path: "/v1/images/{id}/descriptions" },
  listChannels: { method: "GET", path: "/v1/channels" },
  connectChannel: { method: "POST", path: "/v1/channels" },
  getChannel: { method: "GET", path: "/v1/channels/{id}" },
  disconnectChannel: { method: "DELETE", path: "/v1/channels/{id}" },
  listPosts: { method: "GET", path: "/v1/posts" },
  createPost: { method: "POST", path: "/v1/posts" },
  preflightPost: { method: "POST", path: "/v1/posts/preflight" },
  getPost: { method: "GET", path: "/v1/posts/{id}" },
  changePost: { method: "PATCH", path: "/v1/posts/{id}" },
  removePost: { method: "DELETE", path: "/v1/posts/{id}" },
  cancelPost: { method: "POST", path: "/v1/posts/{id}/cancel" },
  publishPost: { method: "POST", path: "/v1/posts/{id}/publish" },
  reviewPost: { method: "POST", path: "/v1/posts/{id}/reviews" },
  resolveDelivery: { method: "POST", path: "/v1/posts/{id}/deliveries/{channelId}/resolve" },
  retryDelivery: { method: "POST", path: "/v1/posts/{id}/deliveries/{channelId}/retry" },
  takeWebhook: { method: "POST", path: "/v1/webhooks/{provider}" },
  takeAgeCheck: { method: "POST", path: "/v1/age-checks" },
} as const satisfies Record<keyof Operations, { method: string; path: string }>;
