/** A secret, or a function that gives it, asked anew for each request: that is where a token is renewed. */
export type RegistryCredential = string | (() => string | Promise<string>);

/**
 * OAuth 2.0 client credentials (RFC 6749, section 4.4). One token serves every request until shortly before it expires; where the registry refuses it
 * earlier, a new one is fetched once. Java: `bearer.auth.credentials.source=OAUTHBEARER`
 */
export interface OAuthClientCredentials {
  readonly type: "oauth";
  /** Where tokens are issued. Java: `bearer.auth.issuer.endpoint.url` */
  readonly tokenUrl: string;
  /** Java: `bearer.auth.client.id` */
  readonly clientId: string;
  /** Java: `bearer.auth.client.secret` */
  readonly clientSecret: string;
  /** Words that are separated by spaces. Java: `bearer.auth.scope` */
  readonly scope?: string | undefined;
  /** Further parameters of the token request, such as `audience` or `resource`. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /** Whether id and secret go into the Authorization header or into the body. @default "header" */
  readonly sendSecretIn?: "header" | "body" | undefined;
}

/** How to prove who is asking. */
export type RegistryAuth =
  | { readonly type: "basic"; readonly username: string; readonly password: string }
  | { readonly type: "bearer"; readonly token: RegistryCredential }
  | OAuthClientCredentials;

/** What is wrong with it; names no secret. */
export function authProblems(auth: RegistryAuth): readonly string[] {
  switch (auth.type) {
    case "basic":
      return (["username", "password"] as const)
        .filter((name) => typeof auth[name] !== "string")
        .map((name) => `auth.${name} must be a text`);
    case "bearer":
      return typeof auth.token === "function" || isHeaderText(auth.token) ? [] : ["auth.token must be a text of one line, or a function"];
    case "oauth":
      return [
        ...(isHttpAddress(auth.tokenUrl) ? [] : ["auth.tokenUrl must be an http or https URL"]),
        ...(["clientId", "clientSecret"] as const)
          .filter((name) => typeof auth[name] !== "string" || auth[name] === "")
          .map((name) => `auth.${name} must be a text that is not empty`),
      ];
    default:
      return ["auth.type must be basic, bearer or oauth"];
  }
}

/** Whether a text can be sent in a header. */
export function isHeaderText(text: unknown): text is string {
  return typeof text === "string" && text !== "" && !/[^\t\u0020-\u007e]/.test(text);
}

function isHttpAddress(address: unknown): boolean {
  return typeof address === "string" && /^https?:$/.test(URL.canParse(address) ? new URL(address).protocol : "");
}
